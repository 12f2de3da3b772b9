import { beforeAll, describe, expect, test } from 'vitest'
import { Interaction, type InteractionInput } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { readRegister } from '../../services/register/read.ts'
import type { Register } from '../../services/register/schemas.ts'
import { registerText } from '../../services/register/text.ts'
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
const today = '2026-03-02'
const ids = { page: '', blog: '', silent: '', dialog: '', comments: '' }
let log: Log
let register: Register

async function create(collection: string, body: object): Promise<string> {
  const made = await service.call('POST', `${at}/${collection}`, { body })
  if (made.status !== 201) throw new Error(made.text)
  return (made.body as { id: string }).id
}

const interaction = (channel: string, n: number, given: Partial<InteractionInput> = {}) =>
  draftOf(
    Interaction.parse({
      channel,
      objectId: `o-${n}`,
      verb: 'commented',
      occurredAt: `2026-0${1 + (n % 2)}-1${n % 9}T10:15:00+01:00`,
      persons: [{ role: 'author', platformId: `p-${n % 5}`, handle: 'exempla' }],
      text: 'Hej!',
      ...given,
    }),
    { platform: 'facebook' },
  )

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  log = (await service.ledger.find('kommunstyrelsen')) as Log
  ids.page = await create('channels', channelDocument())
  const blog = {
    platform: 'wordpress',
    name: 'Bloggen',
    accountId: 'b',
    transfers: [{ country: 'US', safeguard: 'Beslut' }],
  }
  ids.blog = await create('channels', channelDocument(blog))
  ids.silent = await create('channels', channelDocument({ platform: 'x', name: 'Tyst', accountId: 't' }))
  ids.dialog = await create(
    'activities',
    activityDocument({
      dataSubjects: [{ term: 'visitors' }],
      personalData: [{ term: 'publicText' }, { term: 'networkAddress' }, { term: 'health' }],
      recipients: [],
      transfers: [],
      nextReview: '2026-03-01',
      scope: { channels: [ids.page, ids.blog], verbs: ['commented'] },
    }),
  )
  ids.comments = await create('retention-rules', ruleDocument({ start: 'occurred', period: 'P1M' }))
  await create(
    'retention-rules',
    ruleDocument({
      name: 'Meddelanden',
      recordType: 'M',
      decision: undefined,
      scope: { verbs: ['messaged'] },
    }),
  )
  const drafts = [
    ...Array.from({ length: 20 }, (_, n) => interaction(n % 3 === 0 ? ids.blog : ids.page, n)),
    interaction(ids.page, 100, { capacity: 'private' }),
    interaction(ids.page, 101, { verb: 'messaged' }),
    interaction(ids.page, 102, { verb: 'reacted', reaction: 'like' }),
    // The same act as another route tells it: no act of its own.
    { ...interaction(ids.page, 1), type: 'interaction.variant', fact: 'variant' },
  ]
  await service.ledger.writer(log).append(drafts)
  register = await readRegister(service.ledger, log, { validOn: today }, retentionFigures)
})

const row = () => register.rows.find(({ id }) => id === ids.dialog) as Register['rows'][number]
const findings = (code: string) => register.findings.filter((it) => it.code === code)

describe('the observed side', () => {
  test('equals an independent recount from the events', async () => {
    const recount = await service.databases.asAdmin('ledger', async (client) => {
      const { rows } = await client.query(
        `select count(distinct e.position)::int as records, count(distinct p.subject_id)::int as subjects,
                min(e.occurred_on)::text as "firstSeen", max(e.occurred_on)::text as "lastSeen",
                array_agg(distinct p.category order by p.category) as categories
           from ledger.event e join ledger.event_part p using (controller_id, position)
          where e.controller_id = $1 and e.type = 'interaction.commented' and e.capacity is distinct from 'private'
            and e.channel_id = any ($2::uuid[])`,
        [log.controller, [ids.page, ids.blog]],
      )
      return rows[0]
    })
    expect(recount.records).toBe(20)
    expect(row().observed).toMatchObject(recount)
    expect(
      row()
        .observed.channels.map(({ id }) => id)
        .sort(),
    ).toEqual([ids.page, ids.blog].sort())
  })

  test('names the rules that apply with their versions, what is due and what comes next', () => {
    const { rules, dueNow, nextDue } = row().observed
    expect(rules).toEqual([
      expect.objectContaining({
        id: ids.comments,
        version: 1,
        action: 'destroy',
        period: 'P1M',
        reference: 'KS 2026/117',
      }),
    ])
    const days = Array.from({ length: 20 }, (_, n) => `2026-0${1 + (n % 2)}-1${n % 9}`)
    expect(dueNow).toBe(days.filter((day) => day <= '2026-02-02').length)
    expect(nextDue).toBe(
      days
        .filter((day) => day > '2026-02-02')
        .sort()[0]
        ?.replace('-02-', '-03-'),
    )
  })

  test('splits each channel by capacity and leaves private acts out of the activities', () => {
    const page = register.channels.find(({ id }) => id === ids.page)
    expect(page?.capacities).toContainEqual({ capacity: 'private', records: 1 })
    expect(page?.records).toBe(row().observed.records - 7 + 3)
  })

  test('counts held objects', async () => {
    const { rows } = await service.databases.asAdmin('ledger', (client) =>
      client.query<{ stream_id: string }>(
        "select stream_id from ledger.event where controller_id = $1 and type = 'interaction.commented' and capacity is null limit 1",
        [log.controller],
      ),
    )
    const { recordCommand } = await import('../../services/ledger/command.ts')
    const data = { kind: 'object', target: rows[0]?.stream_id ?? '', ground: 'accessRequest' }
    await recordCommand(service.ledger, log, { type: 'hold.placed', actor: { name: 'officer-1' }, data })
    const again = await readRegister(service.ledger, log, { validOn: today }, retentionFigures)
    expect(again.rows.find(({ id }) => id === ids.dialog)?.observed.held).toBe(1)
  })
})

describe('the declared side', () => {
  test('shows the letters a to g, the undeclared as missing and an empty list as none', () => {
    expect(row().letters.map(({ letter, state }) => `${letter} ${state}`)).toEqual([
      'a declared',
      'b declared',
      'c declared',
      'd none',
      'e none',
      'f declared',
      'g missing',
    ])
    expect(registerText(register)).toContain('g) Säkerhetsåtgärder: MISSING')
  })

  test('has a row for what Liggare itself does', () => {
    const own = register.rows.at(-1)
    expect(own).toMatchObject({ id: 'liggare', status: 'own' })
    expect(own?.letters.map(({ letter }) => letter).join('')).toBe('abcdefg')
    expect(own?.observed.records).toBe(Number(register.size))
  })
})

describe('findings', () => {
  test('tell of what is seen but not declared, by channel and act', () => {
    expect(findings('seen-not-declared').map(({ sv }) => sv.split(' sker')[0])).toEqual([
      'Kommunens sida: messaged',
      'Kommunens sida: reacted',
    ])
  })

  test('tell of what is declared but never seen', () => {
    expect(findings('channel-never-seen')).toMatchObject([{ severity: 'notice', channel: ids.silent }])
    expect(findings('category-never-seen').map(({ sv }) => sv)).toEqual([expect.stringContaining('network')])
  })

  test('tell of categories that nobody declared', () => {
    expect(findings('category-not-declared')).toMatchObject([
      { severity: 'fault', activity: ids.dialog, en: expect.stringContaining('identity') },
    ])
  })

  test('call a gap in f and g a notice, and one in a to e a fault', async () => {
    expect(findings('field-missing')).toMatchObject([{ letter: 'g', severity: 'notice' }])
    await create('activities', activityDocument({ name: 'Tom', scope: { verbs: ['reported'] } }))
    const again = await readRegister(service.ledger, log, { validOn: today }, retentionFigures)
    const gaps = again.findings.filter(({ code, sv }) => code === 'field-missing' && sv.startsWith('Tom'))
    expect(gaps.map(({ letter, severity }) => `${letter} ${severity}`)).toEqual([
      'c fault',
      'd fault',
      'e fault',
      'f notice',
      'g notice',
    ])
    expect(again.findings).toContainEqual(expect.objectContaining({ code: 'activity-never-seen' }))
  })

  test('tell of a rule without decision, a late review, a hidden transfer and sensitive data without ground', () => {
    for (const code of [
      'rule-without-decision',
      'review-overdue',
      'transfer-contradicted',
      'sensitive-without-ground',
    ])
      expect(findings(code)).toHaveLength(1)
  })

  test('tell of what no rule covers, but not of acts on a record that has its own', async () => {
    expect(findings('no-rule').map(({ en }) => en.split(' is under')[0])).toEqual(['Kommunens sida: reacted'])
    await service.ledger.writer(log).append([interaction(ids.page, 1, { verb: 'edited', text: 'Rättat' })])
    const again = await readRegister(service.ledger, log, { validOn: today }, retentionFigures)
    expect(again.findings.filter(({ code }) => code === 'no-rule')).toHaveLength(1)
  })

  test('each say what to do, in both languages', () => {
    for (const { sv, en, todo } of register.findings)
      expect([sv, en, todo.sv, todo.en].every((it) => it.length > 5 && !it.includes('{}'))).toBe(true)
  })
})

describe('over HTTP', () => {
  const get = (accept?: string) =>
    service.call('GET', `${at}/register`, accept === undefined ? {} : { headers: { accept } })

  test('the register is JSON unless another format is asked for', async () => {
    const json = await get()
    expect(json).toMatchObject({ status: 200, body: { controller: { slug: 'kommunstyrelsen' }, day: today } })
    const csv = await get('text/csv')
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    const rows = (json.body as Register).rows
    expect(csv.text.split('\r\n')).toHaveLength(rows.length + 2)
    const html = await get('text/html,application/xhtml+xml,*/*;q=0.8')
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(html.text).toContain('<html lang="sv">')
    expect((await get('image/png')).status).toBe(406)
  })

  test('a name with markup or a formula is text on the page and in the sheet', async () => {
    await create('activities', activityDocument({ name: '=1+1 <script>"', scope: { verbs: ['blocked'] } }))
    expect((await get('text/html')).text).toContain('=1+1 &lt;script&gt;&quot;')
    expect((await get('text/csv')).text).toContain('"\'=1+1 <script>"""')
  })

  test('the register of another controller, or without the scope, is refused', async () => {
    const token = await service.token({ controllers: ['skolnamnden'] })
    expect((await service.call('GET', `${at}/register`, { token })).status).toBe(404)
    const weak = await service.token({ controllers: ['kommunstyrelsen'], scopes: ['interactions:write'] })
    expect((await service.call('GET', `${at}/register`, { token: weak })).status).toBe(403)
  })
})

test('a log without any declaration has a register that says so', async () => {
  const empty = (await service.ledger.create('tomnamnden')) as Log
  const it = await readRegister(service.ledger, empty, { validOn: today }, retentionFigures)
  expect(it.rows.map(({ id }) => id)).toEqual(['liggare'])
  expect(it.rows[0]?.letters[0]).toMatchObject({ letter: 'a', state: 'missing' })
  expect(it.findings.map(({ code }) => code)).toEqual(['controller-missing'])
})
