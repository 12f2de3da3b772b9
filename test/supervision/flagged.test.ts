import { beforeAll, expect, it } from 'vitest'
import type { FlaggedPage } from '../../services/supervision/flagged-schemas.ts'
import { channelDocument, controllerDocument, testService } from '../declarations/support.ts'

const service = testService()
const base = '/controllers/kommunstyrelsen'
const wordLists = [{ name: 'hot', words: ['slå ihjäl', 'brinna'] }]
let channel: string
let made = 0

const declared = async (slug: string, screening?: object) => {
  await service.call('POST', '/controllers', { body: { ...controllerDocument(slug), screening } })
  const answer = await service.call('POST', `/controllers/${slug}/channels`, { body: channelDocument() })
  return (answer.body as { id: string }).id
}
const say = async (text: string, slug = 'kommunstyrelsen', on = channel, given: object = {}) => {
  made += 1
  const body = {
    channel: on,
    objectId: `c-${made}`,
    verb: 'commented',
    occurredAt: '2026-03-02T08:00:00+01:00',
    persons: [{ role: 'author', platformId: 'p-1' }],
    text,
    ...given,
  }
  const answer = await service.call('POST', `/controllers/${slug}/interactions`, { body })
  expect(answer.status).toBe(201)
  return (answer.body as { id: string }).id
}
const find = async (given: object = {}, slug = 'kommunstyrelsen') =>
  service.call('POST', `/controllers/${slug}/supervision/flagged`, {
    body: { purpose: 'Uppsikt', ...given },
  })

beforeAll(async () => {
  channel = await declared('kommunstyrelsen', { wordLists })
})

it('finds what a human should look at, and says where and not what', async () => {
  await say('När plogas gatan?')
  const number = await say('Mitt nummer är 811228-9874, ring 070-174 06 05')
  const threat = await say('Jag ska SLÅ ihjäl dig', 'kommunstyrelsen', channel, { title: 'a@example.org' })
  const answer = await find()
  expect(answer.status).toBe(200)
  const { items, scanned } = answer.body as FlaggedPage
  expect(scanned).toBe(3)
  expect(items.map(({ id, flags }) => [id, flags])).toEqual([
    [
      number,
      {
        text: [
          { kind: 'personalNumber', start: 15, end: 26 },
          { kind: 'telephone', start: 33, end: 46 },
        ],
      },
    ],
    [
      threat,
      {
        text: [{ kind: 'word', list: 'hot', start: 8, end: 17 }],
        title: [{ kind: 'email', start: 0, end: 13 }],
      },
    ],
  ])
  expect(answer.text).not.toMatch(/811228|ihjäl|example/i)
  const words = (await find({ kinds: ['word'] })).body as FlaggedPage
  expect(words.items.map(({ id }) => id)).toEqual([threat])
})

it('keeps the flags sealed: no header, no read model, no ordinary reading has them', async () => {
  const id = await say('Jag heter 811228-9874')
  const read = await service.call('POST', `${base}/interactions/${id}/read`, {
    body: { purpose: 'Kontroll' },
  })
  expect(read.text).toContain('811228-9874')
  expect(read.text).not.toContain('personalNumber')
  const found = await service.databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query(
      "select count(*)::int as n from ledger.event where header like '%personalNumber%' or header like '%screening\":{\"text%'",
    )
    return rows[0].n
  })
  expect(found).toBe(0)
})

it('looks for nothing where the controller has switched it off', async () => {
  const off = await declared('skolnamnden', { enabled: false, wordLists })
  await say('Mitt nummer är 811228-9874', 'skolnamnden', off)
  expect((await find({}, 'skolnamnden')).body).toMatchObject({ scanned: 1, items: [] })
})

it('is no look-up without a purpose, and nobody else’s', async () => {
  expect((await find({ purpose: ' ' })).status).toBe(422)
  const token = await service.token({ scopes: ['interactions:read'], controllers: ['kommunstyrelsen'] })
  const path = `${base}/supervision/flagged`
  expect((await service.call('POST', path, { token, body: { purpose: 'Uppsikt' } })).status).toBe(403)
  const other = await service.token({ controllers: ['skolnamnden'] })
  expect((await service.call('POST', path, { token: other, body: { purpose: 'Uppsikt' } })).status).toBe(404)
  expect((await service.app.inject({ method: 'POST', url: `/liggare/v1${path}` })).statusCode).toBe(401)
})

it('refuses two lists of one name, and a list without words', async () => {
  const twice = { wordLists: [...wordLists, ...wordLists] }
  const body = { ...controllerDocument('dubbelnamnden'), screening: twice }
  expect((await service.call('POST', '/controllers', { body })).status).toBe(422)
  const empty = { ...controllerDocument('tomnamnden'), screening: { wordLists: [{ name: 'x', words: [] }] } }
  expect((await service.call('POST', '/controllers', { body: empty })).status).toBe(422)
})

it('takes the capacity of the account’s own posts from the program they were posted from', async () => {
  const capacityRules = [{ client: 'TweetDeck', capacity: 'mixed' }]
  const given = { name: 'Direktören', accountId: '202', defaultCapacity: 'service', capacityRules }
  const made = await service.call('POST', `${base}/channels`, { body: channelDocument(given) })
  const { id } = made.body as { id: string }
  const own = { verb: 'published', persons: [{ role: 'author', platformId: '202' }] }
  const post = async (more: object) => {
    const event = await say('Hej', 'kommunstyrelsen', id, { ...own, ...more })
    return ((await service.call('GET', `${base}/interactions/${event}`)).body as { capacity?: string })
      .capacity
  }
  expect(await post({ client: 'TweetDeck' })).toBe('mixed')
  expect(await post({ client: 'Webben' })).toBe('service')
  expect(await post({ client: 'TweetDeck', capacity: 'private' })).toBe('private')
  const other = { persons: [{ role: 'author', platformId: 'p-9' }], client: 'TweetDeck' }
  expect(await post(other)).toBeUndefined()
})
