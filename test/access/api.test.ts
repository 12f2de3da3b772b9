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
      fixedAt: preview.body.manifest.position,
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

  it('logs no identifier', () => {
    expect(app.log.join('\n')).not.toContain(people.vera.platformId)
  })
})
