import { beforeAll, describe, expect, test } from 'vitest'
import {
  activityDocument,
  channelDocument,
  controllerDocument,
  ruleDocument,
  testService,
} from './support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'
const nowhere = '0198c5a0-0000-7000-8000-0000000000ff'
let channel = ''

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  const made = await service.call('POST', `${at}/channels`, { body: channelDocument() })
  channel = (made.body as { id: string }).id
})

const post = (collection: string, body: object) => service.call('POST', `${at}/${collection}`, { body })

describe('what a declaration refers to', () => {
  test('must be there: channels of an activity', async () => {
    const scope = { channels: [channel, nowhere] }
    expect(await post('activities', activityDocument({ name: 'A', scope }))).toMatchObject({
      status: 422,
      body: { violations: [{ pointer: '/scope/channels/1', reason: 'is no channel of this controller' }] },
    })
  })

  test('must be there: channels and activities of a rule', async () => {
    const scope = { channels: [nowhere], activities: [channel] }
    expect(await post('retention-rules', ruleDocument({ name: 'A', scope }))).toMatchObject({
      status: 422,
      body: { violations: [{ pointer: '/scope/channels/0' }, { pointer: '/scope/activities/0' }] },
    })
  })
})

describe('overlapping validity', () => {
  test('is refused for one account declared twice, and allowed one after the other', async () => {
    const twin = { name: 'Samma konto', openedOn: '2015-01-01' }
    expect(await post('channels', channelDocument(twin))).toMatchObject({
      status: 409,
      body: { code: 'state-conflict' },
    })
    const before = channelDocument({ name: 'Förut', openedOn: '2009-01-01', closedOn: '2010-01-31' })
    expect((await post('channels', before)).status).toBe(201)
  })

  test('is refused for two activities of one name', async () => {
    const named = (given: object) => post('activities', activityDocument({ name: 'Dialog', ...given }))
    expect((await named({ validTo: '2025-12-31' })).status).toBe(201)
    expect((await named({ validFrom: '2025-12-31' })).status).toBe(409)
    expect((await named({ validFrom: '2026-01-01' })).status).toBe(201)
  })

  test('is refused when a change brings it about, and nothing is changed', async () => {
    const named = (given: object) => post('activities', activityDocument({ name: 'Ändras', ...given }))
    const { id } = (await named({ validTo: '2025-12-31' })).body as { id: string }
    await named({ validFrom: '2026-01-01' })
    const body = activityDocument({ name: 'Ändras' })
    const put = await service.call('PUT', `${at}/activities/${id}`, { headers: { 'if-match': '"1"' }, body })
    expect(put.status).toBe(409)
    expect((await service.call('GET', `${at}/activities/${id}`)).headers['etag']).toBe('"1"')
  })

  test('does not slip through when two are declared at once', async () => {
    const both = await Promise.all(
      [0, 1].map(() => post('activities', activityDocument({ name: 'Samtidigt' }))),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  })
})

describe('a retention rule', () => {
  const decision = {
    body: 'Kommunstyrelsen',
    reference: 'KS 2026/200',
    date: '2026-01-15',
    wording: 'Gallras.',
  }
  const rule = (name: string, given: object) =>
    post('retention-rules', ruleDocument({ name, recordType: name, decision, ...given }))

  test('cites a decision in the words in which others cite it', async () => {
    expect((await rule('Reaktioner', { scope: { verbs: ['reacted'] } })).status).toBe(201)
    const other = { scope: { verbs: ['shared'] }, decision: { ...decision, wording: 'Bevaras.' } }
    expect(await rule('Delningar', other)).toMatchObject({
      status: 409,
      body: { violations: [{ pointer: '/decision' }] },
    })
    expect((await rule('Delningar', { scope: { verbs: ['shared'] } })).status).toBe(201)
  })

  test('with a period of zero needs a decision', async () => {
    const { decision: _, ...without } = ruleDocument({ name: 'Genast', period: 'P0D' }) as Record<
      string,
      unknown
    >
    expect(await post('retention-rules', without)).toMatchObject({
      status: 422,
      body: { violations: [{ pointer: '/period' }] },
    })
  })

  test('is not declared twice for the same records', async () => {
    const scope = { verbs: ['messaged'] }
    expect((await rule('Meddelanden', { scope })).status).toBe(201)
    const twin = ruleDocument({ name: 'Meddelanden, igen', recordType: 'Meddelanden', scope, decision })
    expect((await post('retention-rules', twin)).status).toBe(409)
  })
})
