import { beforeAll, describe, expect, test } from 'vitest'
import { channelDocument, controllerDocument, testService } from './support.ts'

const service = testService()
type Declared = { id: string; version: number; document: Record<string, unknown> }
const declared = (answer: { body: never }): Declared => answer.body

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  await service.call('POST', '/controllers', { body: controllerDocument('skolnamnden') })
})

describe('a controller', () => {
  test('is created at its slug, with version 1', async () => {
    const made = await service.call('POST', '/controllers', { body: controllerDocument('byggnadsnamnden') })
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/liggare/v1/controllers/byggnadsnamnden', etag: '"1"' },
      body: { version: 1, document: { slug: 'byggnadsnamnden' } },
    })
    const read = await service.call('GET', '/controllers/byggnadsnamnden')
    expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: made.body })
  })

  test('is refused a second time, also when both come at once', async () => {
    const body = controllerDocument('kulturnamnden')
    const both = await Promise.all([0, 1].map(() => service.call('POST', '/controllers', { body })))
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await service.call('POST', '/controllers', { body })).toMatchObject({
      status: 409,
      body: { code: 'already-exists' },
    })
  })

  test('left without a declaration by a crash is completed by the next attempt', async () => {
    await service.ledger.create('miljonamnden')
    const made = await service.call('POST', '/controllers', { body: controllerDocument('miljonamnden') })
    expect(made.status).toBe(201)
  })

  test('keeps its slug', async () => {
    const moved = await service.call('PUT', '/controllers/skolnamnden', {
      headers: { 'if-match': '"1"' },
      body: controllerDocument('kommunstyrelsen'),
    })
    expect(moved).toMatchObject({ status: 422, body: { violations: [{ pointer: '/slug' }] } })
  })

  test('with a slug longer than an address may hold is refused before anything is made', async () => {
    const answer = await service.call('POST', '/controllers', { body: controllerDocument('a'.repeat(64)) })
    expect(answer).toMatchObject({ status: 422, body: { violations: [{ pointer: '/slug' }] } })
  })

  test('is listed, read and made only by a token that is for it', async () => {
    const token = await service.token({ controllers: ['skolnamnden'] })
    const listed = await service.call('GET', '/controllers', { token })
    expect(listed.body).toMatchObject({ total: 1, items: [{ document: { slug: 'skolnamnden' } }] })
    expect((await service.call('GET', '/controllers/kommunstyrelsen', { token })).status).toBe(404)
    const body = controllerDocument('socialnamnden')
    expect((await service.call('POST', '/controllers', { token, body })).status).toBe(404)
    expect((await service.call('GET', '/controllers/socialnamnden')).status).toBe(404)
  })
})

describe('a declared document', () => {
  const channels = '/controllers/kommunstyrelsen/channels'
  const create = async (given: object) =>
    declared(await service.call('POST', channels, { body: channelDocument(given) }))

  test('has every version, the newest to read and all of them in the log', async () => {
    const { id } = await create({ name: 'Bloggen', platform: 'wordpress', accountId: 'blogg' })
    const body = channelDocument({
      name: 'Bloggen',
      platform: 'wordpress',
      accountId: 'blogg',
      closedOn: '2020-12-31',
    })
    const changed = await service.call('PUT', `${channels}/${id}`, { headers: { 'if-match': '"1"' }, body })
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { version: 2 } })
    expect((await service.call('GET', `${channels}/${id}`)).body).toEqual(changed.body)
    const versions = (await service.call('GET', `${channels}/${id}/versions`)).body as { items: Declared[] }
    expect(versions.items.map((it) => [it.version, it.document['closedOn']])).toEqual([
      [1, undefined],
      [2, '2020-12-31'],
    ])
    expect(versions.items[1]).toEqual(changed.body)
  })

  test('is changed by exactly one of two who saw the same version', async () => {
    const { id } = await create({ name: 'Omtvistad', accountId: '102' })
    const put = (closedOn: string) =>
      service.call('PUT', `${channels}/${id}`, {
        headers: { 'if-match': '"1"' },
        body: channelDocument({ name: 'Omtvistad', accountId: '102', closedOn }),
      })
    const both = await Promise.all([put('2021-01-01'), put('2022-01-01')])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'version-conflict' })
    const winner = both.find(({ status }) => status === 200)
    expect((await service.call('GET', `${channels}/${id}`)).body).toEqual(winner?.body)
  })

  test('is not changed without saying which version was read', async () => {
    const { id } = await create({ name: 'Osedd', accountId: '103' })
    const body = channelDocument({ name: 'Osedd', accountId: '103' })
    expect(await service.call('PUT', `${channels}/${id}`, { body })).toMatchObject({
      status: 428,
      body: { code: 'precondition-required' },
    })
    const any = await service.call('PUT', `${channels}/${id}`, { headers: { 'if-match': '*' }, body })
    expect(any).toMatchObject({ status: 200, headers: { etag: '"2"' } })
  })

  test('of another controller, or of another kind, is not there', async () => {
    const { id } = await create({ name: 'Främmande', accountId: '104' })
    const body = channelDocument({ name: 'Främmande', accountId: '104' })
    const foreign = `/controllers/skolnamnden/channels/${id}`
    expect((await service.call('GET', foreign)).status).toBe(404)
    expect((await service.call('GET', `${foreign}/versions`)).status).toBe(404)
    expect((await service.call('PUT', foreign, { headers: { 'if-match': '"1"' }, body })).status).toBe(404)
    expect((await service.call('GET', `/controllers/kommunstyrelsen/activities/${id}`)).status).toBe(404)
    expect((await service.call('GET', `${channels}/${id.toUpperCase()}`)).status).toBe(200)
  })

  test('is listed page by page', async () => {
    const all = (await service.call('GET', `${channels}?limit=1000`)).body as {
      items: Declared[]
      total: number
    }
    const second = (await service.call('GET', `${channels}?limit=1&page=2`)).body as { items: Declared[] }
    expect(all.total).toBe(all.items.length)
    expect(second.items).toEqual([all.items[1]])
  })

  test('needs the scope of its kind', async () => {
    const token = await service.token({ scopes: ['register:read'], controllers: ['kommunstyrelsen'] })
    const answer = await service.call('POST', channels, {
      token,
      body: channelDocument({ name: 'Utan rätt' }),
    })
    expect(answer).toMatchObject({ status: 403, body: { code: 'scope-missing' } })
  })
})
