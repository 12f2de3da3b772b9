import { beforeAll, describe, expect, test } from 'vitest'
import { Interaction, type InteractionInput } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { readingPast } from '../../services/ledger/past.ts'
import type { RegisterDifference } from '../../services/register/difference.ts'
import { readRegister } from '../../services/register/read.ts'
import type { Register } from '../../services/register/schemas.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge } from '../../services/retention/purge.ts'
import { retentionFigures } from '../../services/retention/register-view.ts'
import {
  activityDocument,
  channelDocument,
  controllerDocument,
  ruleDocument,
  testService,
} from '../declarations/support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'
let log: Log
let page = ''
let activity = ''
let before: { size: number; instant: string; register: Register; tables: Record<string, unknown[]> }

async function create(collection: string, body: object): Promise<string> {
  const made = await service.call('POST', `${at}/${collection}`, { body })
  if (made.status !== 201) throw new Error(made.text)
  return (made.body as { id: string }).id
}

async function change(path: string, version: number, body: object): Promise<void> {
  const changed = await service.call('PUT', `${at}${path}`, { headers: { 'if-match': `"${version}"` }, body })
  if (changed.status !== 200) throw new Error(changed.text)
}

const comment = (n: number, given: Partial<InteractionInput> = {}) =>
  draftOf(
    Interaction.parse({
      channel: page,
      objectId: `o-${n}`,
      verb: 'commented',
      occurredAt: `2025-1${n % 3}-10T10:15:00+01:00`,
      persons: [{ role: 'author', platformId: `p-${n % 7}`, handle: 'exempla' }],
      text: 'Hej!',
      ...given,
    }),
    { platform: 'facebook' },
  )

const tableNames = [
  'observation',
  'channel_reach',
  'channel_subject',
  'object',
  'declaration',
  'hold',
  'purge',
  'intent',
]

/** The tables as whoever stands behind the database copies them. */
const copied = () =>
  service.databases.asAdmin('ledger', async (client) => {
    const tables: Record<string, unknown[]> = {}
    for (const name of tableNames) {
      const { rows } = await client.query(
        `select t::text as row from model.${name} t where controller_id = $1 order by t::text collate "C"`,
        [log.controller],
      )
      tables[name] = rows.map(({ row }) => row)
    }
    return tables
  })

const sizeNow = async () =>
  service.databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query('select size from ledger.log_head where controller_id = $1', [
      log.controller,
    ])
    return Number(rows[0].size)
  })

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  log = (await service.ledger.find('kommunstyrelsen')) as Log
  page = await create('channels', channelDocument())
  activity = await create('activities', activityDocument({ scope: { channels: [page] } }))
  await create('retention-rules', ruleDocument({ start: 'occurred', period: 'P2M' }))
  await service.ledger.writer(log).append(Array.from({ length: 30 }, (_, n) => comment(n)))
  const target = (
    await service.databases.asAdmin('ledger', (client) =>
      client.query(
        "select stream_id from ledger.event where controller_id = $1 and type = 'interaction.commented' limit 1",
        [log.controller],
      ),
    )
  ).rows[0].stream_id
  await recordCommand(service.ledger, log, {
    type: 'hold.placed',
    actor: { name: 'officer-1' },
    data: { kind: 'object', target, ground: 'accessRequest' },
  })
  before = {
    size: await sizeNow(),
    instant: service.clock.now().toISOString(),
    register: await readRegister(service.ledger, log, {}, retentionFigures),
    tables: await copied(),
  }
  service.clock.advance({ seconds: 60 })
  // What happens afterwards: an edit, another channel, new versions, a purge.
  await service.ledger.writer(log).append([comment(0, { verb: 'edited', text: 'Rättat' })])
  const blog = await create(
    'channels',
    channelDocument({ platform: 'wordpress', name: 'Bloggen', accountId: 'b' }),
  )
  await service.ledger
    .writer(log)
    .append(Array.from({ length: 9 }, (_, n) => comment(100 + n, { channel: blog })))
  await change(
    `/activities/${activity}`,
    1,
    activityDocument({ name: 'Dialog', scope: { channels: [page, blog] } }),
  )
  const purge = await orderPurge(service.ledger, log, 'archivist', '2026-03-02')
  await executePurge(
    {
      ledger: service.ledger,
      purgePool: service.databases.ledger('purge'),
      journal: openJournal(service.databases.config.journalFile),
    },
    log,
    purge,
    'archivist',
  )
})

const known = (knownAt: string) => readRegister(service.ledger, log, { knownAt }, retentionFigures)

describe('what was known then', () => {
  test('equals a copy of the tables taken then, also after a purge in between', async () => {
    expect(await copied()).not.toEqual(before.tables)
    const tables = await readingPast(service.ledger, log, before.size, async (tx) => {
      const past: Record<string, unknown[]> = {}
      for (const name of tableNames) {
        const { rows } = await tx.query(
          `select t::text as row from model.${name} t where controller_id = $1 order by t::text collate "C"`,
          [log.controller],
        )
        past[name] = rows.map(({ row }) => row)
      }
      return past
    })
    expect(tables).toEqual(before.tables)
  })

  test('is the register that was answered then, by instant and by position', async () => {
    expect(await known(before.instant)).toEqual(before.register)
    expect(await known(String(before.size - 1))).toEqual(before.register)
    const now = await readRegister(service.ledger, log, {}, retentionFigures)
    expect(now.digest).not.toBe(before.register.digest)
    expect(now.rows[0]?.observed.disposed).toBeGreaterThan(0)
  })

  test('is also answered over HTTP, in every format', async () => {
    const json = await service.call('GET', `${at}/register?knownAt=${before.size - 1}`)
    expect(json).toMatchObject({
      status: 200,
      body: { digest: before.register.digest, size: String(before.size) },
    })
    const csv = await service.call('GET', `${at}/register?knownAt=${before.size - 1}`, {
      headers: { accept: 'text/csv' },
    })
    expect(csv.text).not.toContain('Dialog')
  })

  test('of the last position is what is known now', async () => {
    const last = (await sizeNow()) - 1
    expect(await known(String(last))).toEqual(await readRegister(service.ledger, log, {}, retentionFigures))
  })

  test('differs from now by what has come since', async () => {
    const answer = await service.call(
      'GET',
      `${at}/register/difference?fromKnownAt=${encodeURIComponent(before.instant)}`,
    )
    const { entries, from } = answer.body as RegisterDifference
    expect(from.size).toBe(String(before.size))
    expect(entries.map(({ what, change, name }) => `${what} ${change} ${name}`)).toContain(
      'channel added Bloggen',
    )
    const row = entries.find(({ what, id }) => what === 'activity' && id === activity)
    expect(row?.changes).toContainEqual({
      pointer: '/name',
      before: 'Kommunikation på sociala medier',
      after: 'Dialog',
    })
  })

  test.each([
    ['0'.repeat(2), 'date-time'],
    ['2026-03-02', 'date-time'],
    ['99999', 'in the future'],
    ['2999-01-01T00:00:00Z', 'in the future'],
    ['2001-01-01T00:00:00Z', 'before the beginning'],
  ])('is refused for %s', async (knownAt, why) => {
    const answer = await service.call('GET', `${at}/register?knownAt=${encodeURIComponent(knownAt)}`)
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('/knownAt')
    expect(answer.text).toContain(why)
  })
})

describe('a declared document', () => {
  test('is read as it was known then, and compared', async () => {
    const then = await service.call('GET', `${at}/activities/${activity}?knownAt=${before.size - 1}`)
    expect(then.body).toMatchObject({
      version: 1,
      publication: 1,
      document: { name: 'Kommunikation på sociala medier' },
    })
    const listed = await service.call('GET', `${at}/channels?knownAt=${before.size - 1}`)
    expect(listed.body).toMatchObject({ total: 1, items: [{ id: page }] })
    const compared = await service.call(
      'GET',
      `${at}/activities/${activity}/difference?fromKnownAt=${before.size - 1}`,
    )
    expect(compared.body).toMatchObject({
      fromVersion: 1,
      toVersion: 2,
      changes: [{ pointer: '/name', after: 'Dialog' }, { pointer: '/scope/channels' }],
    })
    const controller = await service.call('GET', `${at}?knownAt=0`)
    expect(controller.body).toMatchObject({ version: 1 })
    expect((await service.call('GET', `${at}/channels/${page}?knownAt=0`)).status).toBe(404)
  })

  test('that is declared for other days stands only on them', async () => {
    const body = activityDocument({
      name: 'Kampanj',
      validFrom: '2024-01-01',
      validTo: '2024-12-31',
      scope: { channels: [page] },
    })
    const id = await create('activities', body)
    const on = async (day: string) =>
      (await service.call('GET', `${at}/activities/${id}?validOn=${day}`)).status
    expect([await on('2023-12-31'), await on('2024-06-01'), await on('2025-01-01')]).toEqual([404, 200, 404])
    await change(`/activities/${id}`, 1, { ...body, name: 'Kampanjen', validFrom: '2024-07-01' })
    const name = async (day: string) =>
      (
        (await service.call('GET', `${at}/activities/${id}?validOn=${day}`)).body as {
          document: { name: string }
        }
      ).document.name
    expect([await name('2024-06-30'), await name('2024-07-01')]).toEqual(['Kampanj', 'Kampanjen'])
  })
})

test('a day gone by shows what had occurred by then, and no channel that was not open', async () => {
  const day = '2025-10-31'
  const { rows, channels } = await readRegister(service.ledger, log, { validOn: day }, retentionFigures)
  const row = rows.find(({ id }) => id === activity)
  expect(row?.observed.records).toBe(10 + 3 + 1)
  expect(row?.observed.subjects).toBe(7)
  expect(channels).toHaveLength(2)
  const old = await readRegister(service.ledger, log, { validOn: '2009-12-31' }, retentionFigures)
  expect(old.channels).toEqual([])
})
