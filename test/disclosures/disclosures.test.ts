import { beforeAll, expect, it } from 'vitest'
import { disclosuresOf, recipientsByClass } from '../../services/disclosures/queries.ts'
import type { Disclosure, OpenedDisclosure } from '../../services/disclosures/schemas.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { type Call, testService } from '../declarations/support.ts'
import { commentDraft, newLog, someChannel } from '../ledger/support.ts'

const service = testService()
let log: Log
let path: string
let objects: string[]
let events: string[]
let clerk: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  clerk = await service.token({ subject: 'clerk-1' })
  log = await newLog(service.ledger)
  path = `/controllers/${log.slug}/disclosures`
  const stored = await service.ledger
    .writer(log)
    .append([commentDraft('a'), commentDraft('b', { verb: 'replied' }), commentDraft('c')])
  objects = stored.map(({ streamId }) => streamId)
  events = stored.map(({ eventId }) => eventId)
})

const police = { kind: 'police', organisation: 'Polismyndigheten' }
const requester = {
  kind: 'requester',
  person: { name: 'Exempelina Begärsson', email: 'exempelina@example.org' },
}
const wish = (given: object = {}) => ({
  recipient: police,
  ground: 'criminalReport',
  provision: 'OSL 10 kap. 24 §',
  disclosedOn: '2026-11-20',
  purpose: 'Hot mot Exempel Hotadsson',
  objects: [objects[0] as string],
  ...given,
})
const call = (method: 'GET' | 'POST', to: string, given: Call = {}) =>
  service.call(method, to, { token: clerk, ...given })
const post = (body: unknown, given: Call = {}) => call('POST', path, { body, ...given })
const made = async (given: object) => (await post(wish(given))).body as Disclosure

it('is recorded with recipient, ground and what, found by its object, and says no purpose in clear', async () => {
  const answer = await post(wish({ objects: [objects[0], events[0], objects[1]] }))
  expect(answer.status).toBe(201)
  const { id } = answer.body as Disclosure
  expect(answer.headers['location']).toBe(`/liggare/v1${path}/${id}`)
  expect(answer.body).toMatchObject({
    recipient: { ...police, person: false },
    ground: 'criminalReport',
    disclosedOn: '2026-11-20',
    objects: 2,
  })
  expect((await call('GET', `${path}/${id}`)).body).toEqual(answer.body)
  expect((await call('GET', `${path}?object=${objects[1]}`)).body).toMatchObject({
    total: 1,
    items: [{ id }],
  })
  expect((await call('GET', `${path}?object=${objects[2]}`)).body).toMatchObject({ total: 0 })
  expect((await call('GET', path)).text).not.toContain('Hotadsson')
})

it('keeps a person who was handed a record sealed until somebody says why', async () => {
  const { id } = await made({ recipient: requester, ground: 'publicRecord' })
  const listed = await call('GET', path)
  expect(listed.text).not.toMatch(/exempelina/i)
  expect((await call('POST', `${path}/${id}/read`, { body: { purpose: ' ' } })).status).toBe(422)
  const read = await call('POST', `${path}/${id}/read`, { body: { purpose: 'Artikel 19' } })
  expect(read.body).toMatchObject({
    person: requester.person,
    purpose: 'Hot mot Exempel Hotadsson',
    objects: [objects[0] as string],
  } satisfies Partial<OpenedDisclosure>)
  const stored = await service.databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as n from (select header as it from ledger.event union all select d::text from model.disclosure d) x
        where it ~* 'exempelina|hotadsson'`,
    )
    return rows[0].n
  })
  expect(stored).toBe(0)
})

it('may leave unknown who asked for a public record, and nobody else', async () => {
  expect((await post(wish({ recipient: { kind: 'requester' }, ground: 'publicRecord' }))).status).toBe(201)
  const unnamed = await post(wish({ recipient: { kind: 'authority' } }))
  expect(unnamed).toMatchObject({
    status: 422,
    body: { violations: [{ pointer: '/recipient/organisation' }] },
  })
})

it('is refused for objects that are not there, days to come and words that are none', async () => {
  const nobody = '0198c5a0-0000-7000-8000-0000000000ff'
  expect(await post(wish({ objects: [objects[0], nobody] }))).toMatchObject({
    status: 422,
    body: { violations: [{ pointer: '/objects/1' }] },
  })
  expect((await post(wish({ disclosedOn: '2026-11-24' }))).status).toBe(422)
  expect((await post(wish({ ground: 'whim' }))).status).toBe(422)
  expect((await post(wish({ objects: [] }))).status).toBe(422)
  expect((await call('GET', `${path}/${nobody}`)).status).toBe(404)
})

it('is nobody else’s: another controller, a token without the scope, no token', async () => {
  const { id } = await made({})
  const other = await newLog(service.ledger)
  const foreign = `/controllers/${other.slug}/disclosures`
  expect((await call('POST', foreign, { body: wish() })).status).toBe(422)
  expect((await call('GET', `${foreign}/${id}`)).status).toBe(404)
  expect((await call('POST', `${foreign}/${id}/read`, { body: { purpose: 'Nyfiken' } })).status).toBe(404)
  const narrow = await service.token({ scopes: ['disclosures:read'], controllers: [log.slug] })
  expect((await post(wish(), { token: narrow })).status).toBe(403)
  const elsewhere = await service.token({ controllers: [other.slug] })
  expect((await post(wish(), { token: elsewhere })).status).toBe(404)
  expect((await service.app.inject({ method: 'GET', url: `/liggare/v1${path}` })).statusCode).toBe(401)
})

it('tells an access answer of the objects asked for only, up to a position', async () => {
  const { id, position } = await made({ objects })
  const found = await reading(service.ledger, log, (tx) =>
    disclosuresOf(tx, log.controller, [objects[2] as string], String(Number(position) + 1)),
  )
  expect(found).toMatchObject([{ disclosure: { id, recipient: police }, objects: [objects[2]] }])
  const before = await reading(service.ledger, log, (tx) =>
    disclosuresOf(tx, log.controller, [objects[2] as string], position),
  )
  expect(before).toEqual([])
})

it('tells the register who was disclosed to, by kind of records', async () => {
  const found = await reading(service.ledger, log, (tx) => recipientsByClass(tx, log.controller))
  const replies = found.filter(({ verb }) => verb === 'replied')
  expect(replies).toEqual([
    {
      channel: someChannel,
      verb: 'replied',
      capacity: 'undetermined',
      kind: 'police',
      organisation: 'Polismyndigheten',
      grounds: ['criminalReport'],
      ids: [expect.any(String), expect.any(String)],
      objects: 1,
      first: '2026-11-20',
      last: '2026-11-20',
    },
  ])
})
