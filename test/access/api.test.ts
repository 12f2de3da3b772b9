import { beforeAll, describe, expect, it } from 'vitest'
import { accessRoutes } from '../../services/access/routes.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { bearer, type TestApp, testApp } from '../api/support/test-app.ts'
import { testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, people, record } from './support.ts'

const databases = testDatabases()
const purpose = 'Begäran om registerutdrag, dnr KS 2026/117'
let ledger: Ledger
let log: Log
let app: TestApp
let authorization: { authorization: string }

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-05T10:00:00Z'))
  log = (await ledger.create('kommunstyrelsen')) as Log
  await ledger.create('miljonamnden')
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', people.vera)], text: 'Hej där.' },
  ])
  app = await testApp({ modules: [(api) => accessRoutes(api, { ledger })] })
  authorization = bearer(await app.token())
})

const send = async (path: string, payload: object, controller = 'kommunstyrelsen') => {
  const url = `/liggare/v1/controllers/${controller}/${path}`
  const response = await app.app.inject({ method: 'POST', url, payload, headers: authorization })
  return { status: response.statusCode, headers: response.headers, body: response.json() }
}
const get = (url: string) => app.app.inject({ url, headers: authorization })
const identifiers = [{ platform: 'facebook', platformId: people.vera.platformId }]

describe('over the API', () => {
  it('goes from the identifiers in a body to an answer', async () => {
    const found = await send('access/find', { identifiers, purpose })
    expect(found.status).toBe(200)
    expect(found.body.candidates).toMatchObject([
      { match: 'exact', confidence: 1, records: 1, firstOn: '2026-03-05', erased: false },
    ])
    expect(JSON.stringify(found.body)).not.toContain(people.vera.displayName)
    const { subject } = found.body.candidates[0]

    const opened = await send('access-cases', {
      arrivedOn: '2026-03-05',
      arrival: 'email',
      requester: { identifiers },
    })
    expect(opened).toMatchObject({ status: 201, body: { status: 'received', links: [] } })
    const location = opened.headers.location as string
    const linked = await send(`access-cases/${opened.body.id}/link`, { subject, assurance: 'code' })
    expect(linked).toMatchObject({ status: 200, body: { status: 'inProgress', links: [{ subject }] } })

    const preview = await send(`access-cases/${opened.body.id}/answer`, { purpose })
    expect(preview).toMatchObject({ status: 200, body: { case: { status: 'inProgress' } } })
    expect(preview.body.answer.copy.threads[0].records[0].text).toBe('Hej där.')
    const decided = await send(`access-cases/${opened.body.id}/answer`, { purpose, decide: true })
    expect(decided.body).toMatchObject({
      case: { status: 'answered', outcome: 'whole' },
      html: preview.body.html,
    })
    expect((await get(location)).json()).toMatchObject({
      status: 'answered',
      fixedAt: preview.body.answer.upTo.position,
    })
  })

  it.each([
    ['nobody at all', { identifiers: [], purpose }],
    ['a platform alone', { identifiers: [{ platform: 'facebook' }], purpose }],
    ['an id of no platform', { identifiers: [{ platformId: '17' }], purpose }],
    ['somebody without a purpose', { identifiers }],
    ['somebody for a blank purpose', { identifiers, purpose: ' ' }],
  ])('does not look for %s', async (_what, body) => {
    expect(await send('access/find', body)).toMatchObject({ status: 422 })
  })

  it('knows nothing of another controller’s cases and persons', async () => {
    const opened = await send('access-cases', { arrivedOn: '2026-03-05', arrival: 'letter' })
    const foreign = await send(`access-cases/${opened.body.id}/answer`, { purpose }, 'miljonamnden')
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not-found' } })
    authorization = bearer(await app.token({ controllers: ['kommunstyrelsen', 'miljonamnden'] }))
    expect(await send(`access-cases/${opened.body.id}/answer`, { purpose }, 'miljonamnden')).toMatchObject({
      status: 404,
    })
    const found = await send('access/find', { identifiers, purpose }, 'miljonamnden')
    expect(found).toMatchObject({ status: 200, body: { candidates: [] } })
    const { body } = await send('access/find', { identifiers, purpose })
    const own = await send('access-cases', { arrivedOn: '2026-03-05', arrival: 'letter' }, 'miljonamnden')
    const { subject } = body.candidates[0]
    expect(
      await send(`access-cases/${own.body.id}/link`, { subject, assurance: 'code' }, 'miljonamnden'),
    ).toMatchObject({ status: 404 })
  })

  it('takes a case every step, and lists it with its last days', async () => {
    const opened = await send('access-cases', {
      arrivedOn: '2026-03-05',
      arrival: 'form',
      right: 'objection',
    })
    const { id } = opened.body
    const step = async (body: object) => (await send(`access-cases/${id}/steps`, body)).body
    expect(await step({ step: 'askIdentity' })).toMatchObject({ status: 'identityRequired' })
    expect(await step({ step: 'noteIdentity', proof: 'electronicId', note: 'Inloggad.' })).toMatchObject({
      status: 'received',
      identity: 'electronicId',
    })
    expect(await step({ step: 'extend', reason: 'complexity' })).toMatchObject({ code: 'validation-failed' })
    expect(await step({ step: 'extend', reason: 'complexity', note: 'Många kanaler.' })).toMatchObject({
      status: 'extended',
      deadline: {
        unpaused: { day: '2026-06-05' },
        refusalBy: { day: '2026-04-07' },
      },
    })
    expect(await step({ step: 'refuse', ground: 'preservationDuty', note: 'Nej.' })).toMatchObject({
      code: 'validation-failed',
    })
    expect(
      await step({ step: 'refuse', ground: 'compellingGrounds', note: 'Vägt mot allmänintresset.' }),
    ).toMatchObject({
      status: 'refused',
      refusedFor: 'compellingGrounds',
    })
    const list = async (query: string) =>
      (await get(`/liggare/v1/controllers/kommunstyrelsen/access-cases${query}`)).json()
    const ids = ({ items }: { items: { id: string }[] }) => items.map((it) => it.id)
    expect(ids(await list('?status=all'))).toContain(id)
    expect(ids(await list(''))).not.toContain(id)
    const { items, next } = await list('?status=all&limit=1')
    expect(items).toHaveLength(1)
    expect(ids(await list(`?status=all&after=${next}`))).toContain(id)
  })

  it('takes ids in capitals for what they are in small letters', async () => {
    const { body } = await send('access/find', { identifiers, purpose })
    const subject = body.candidates[0].subject.toUpperCase()
    const opened = await send('access-cases', { arrivedOn: '2026-03-05', arrival: 'form' })
    const id = opened.body.id.toUpperCase()
    const linked = await send(`access-cases/${id}/link`, { subject, assurance: 'code' })
    expect(linked.body).toMatchObject({ id: opened.body.id, links: [{ subject: subject.toLowerCase() }] })
    const answered = await send(`access-cases/${id}/answer`, { purpose, decide: true })
    expect(answered.body.answer.confirmation.records).toBe(1)
  })

  it('shows nothing of a protected person’s case to whoever may not handle it', async () => {
    const { body } = await send('access/find', { identifiers, purpose })
    const { subject } = body.candidates[0]
    const opened = await send('access-cases', { arrivedOn: '2026-03-05', arrival: 'counter', minor: true })
    const path = `access-cases/${opened.body.id}`
    await send(`${path}/link`, { subject, assurance: 'eid' })
    const everything = authorization
    authorization = bearer(await app.token({ scopes: ['access:read', 'access:write'] }))
    expect(await send(`${path}/steps`, { step: 'protect', note: 'Skyddad folkbokföring.' })).toMatchObject({
      status: 200,
    })
    const refused = { status: 403, body: { code: 'scope-missing' } }
    for (const [what, payload] of [
      ['answer', { purpose }],
      ['link', { subject, assurance: 'code' }],
      ['unlink', { subject }],
      ['steps', { step: 'withdraw' }],
      ['group', { with: null }],
    ] as const) {
      expect(await send(`${path}/${what}`, payload)).toMatchObject(refused)
    }
    const shown = (await get(opened.headers.location as string)).json()
    expect(shown).toMatchObject({ protected: true, links: [], minor: false, deadline: { daysLeft: 33 } })
    authorization = everything
    expect(await send(`${path}/answer`, { purpose })).toMatchObject({ status: 200 })
  })

  it('logs no identifier', () => {
    expect(app.log.join('\n')).not.toContain(people.vera.platformId)
  })
})
