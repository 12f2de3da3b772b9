import { beforeAll, describe, expect, test } from 'vitest'
import { Interaction, type InteractionInput } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { channelDocument, controllerDocument, testService } from '../declarations/support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'
const decision = { decision: 'Tillsynsbeslut 2010-07-05', date: '2010-07-05' }
const channels = { facebook: '', blog: '', twitter: '', director: '' }
const acts = new Map<string, { id: string; position: string }>()
let log: Log

type Ground = {
  controllership: string
  legalSource: { date: string }
  responsibleFor: string[]
  capacity: string
}

async function ground(act: string, query = ''): Promise<Ground> {
  const answer = await service.call('GET', `${at}/interactions/${acts.get(act)?.id}/controllership${query}`)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.body
}

async function open(given: object): Promise<string> {
  const made = await service.call('POST', `${at}/channels`, {
    body: channelDocument({ legalSource: decision, ...given }),
  })
  if (made.status !== 201) throw new Error(made.text)
  return (made.body as { id: string }).id
}

async function act(name: string, channel: string, given: Partial<InteractionInput>): Promise<void> {
  const occurredAt = '2010-09-01T10:15:00+02:00'
  const interaction = Interaction.parse({ channel, objectId: name, verb: 'published', occurredAt, ...given })
  const [stored] = await service.ledger.writer(log).append([draftOf(interaction, { platform: 'x' })])
  if (stored?.position === undefined) throw new Error(`${name} was not stored`)
  const { body } = await service.call('GET', `${at}/interactions?limit=100`)
  const { items } = body as { items: { id: string; position: string }[] }
  acts.set(
    name,
    items.find(({ position }) => position === stored.position) as { id: string; position: string },
  )
}

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  log = (await service.ledger.find('kommunstyrelsen')) as Log
  channels.facebook = await open({ platform: 'facebook', name: 'Sidan', accountId: 'f' })
  channels.blog = await open({ platform: 'wordpress', name: 'Bloggen', accountId: 'b' })
  channels.twitter = await open({ platform: 'x', name: 'Kontot', accountId: 't', controllership: 'own' })
  channels.director = await open({
    platform: 'x',
    name: 'Direktörens konto',
    accountId: 'd',
    controllership: 'own',
    publicList: false,
    defaultCapacity: 'undetermined',
  })
  await act('page comment', channels.facebook, { verb: 'commented' })
  await act('blog comment', channels.blog, { verb: 'commented' })
  await act('tweet', channels.twitter, {})
  await act('day', channels.director, { capacity: 'private' })
  await act('welcome', channels.director, { capacity: 'service' })
  await act('page comment of 2019', channels.facebook, {
    verb: 'commented',
    occurredAt: '2019-01-10T10:15:00+01:00',
  })
  service.clock.advance({ seconds: 60 })
  const joint = channelDocument({
    name: 'Sidan',
    accountId: 'f',
    controllership: 'joint',
    jointControllers: ['Exempelplattformen AB'],
    arrangement: 'Tillägg om gemensamt ansvar',
    legalSource: { decision: 'C-210/16', date: '2018-06-05' },
  })
  await service.call('PUT', `${at}/channels/${channels.facebook}`, {
    headers: { 'if-match': '"1"' },
    body: joint,
  })
})

describe('the decision of 2010', () => {
  test('makes the municipality answer for others on the page and the blog, and on Twitter for itself only', async () => {
    for (const name of ['page comment', 'blog comment'])
      expect(await ground(name)).toMatchObject({
        controllership: 'ownAndThirdParty',
        legalSource: decision,
        responsibleFor: ['own', 'thirdParty'],
      })
    expect(await ground('tweet')).toMatchObject({
      controllership: 'own',
      legalSource: decision,
      responsibleFor: ['own'],
    })
  })

  test('is answered for 2010, 2014 and today', async () => {
    const on = async (day: string) => (await ground('page comment', `?validOn=${day}`)).controllership
    expect([await on('2010-09-01'), await on('2014-06-01'), await on('2026-03-02')]).toEqual([
      'ownAndThirdParty',
      'ownAndThirdParty',
      'joint',
    ])
    expect(await ground('page comment of 2019')).toMatchObject({
      controllership: 'joint',
      jointControllers: ['Exempelplattformen AB'],
      arrangement: 'Tillägg om gemensamt ansvar',
    })
  })

  test('is answered as it was known before the later one was entered', async () => {
    const { position = '' } = acts.get('page comment of 2019') ?? {}
    expect(await ground('page comment of 2019', `?knownAt=${position}`)).toMatchObject({
      controllership: 'ownAndThirdParty',
      legalSource: decision,
    })
    const early = await service.call(
      'GET',
      `${at}/interactions/${acts.get('page comment of 2019')?.id}/controllership?knownAt=${acts.get('tweet')?.position}`,
    )
    expect(early.status).toBe(404)
  })
})

describe("the director's account", () => {
  test('is the municipality’s in service and not in private', async () => {
    expect(await ground('day')).toMatchObject({ capacity: 'private', responsibleFor: [] })
    expect(await ground('welcome')).toMatchObject({ capacity: 'service', responsibleFor: ['own'] })
  })

  test('is judged by what a person has ruled, from when it was ruled', async () => {
    const { position = '' } = acts.get('page comment of 2019') ?? {}
    const ruled = await service.call('POST', `${at}/capacity-rulings`, {
      body: {
        object: acts.get('welcome')?.id,
        capacity: 'private',
        ground: 'content',
        text: 'Avsåg fritiden',
      },
    })
    expect(ruled.status).toBe(201)
    expect(await ground('welcome')).toMatchObject({ capacity: 'private', responsibleFor: [] })
    expect(await ground('welcome', `?knownAt=${position}`)).toMatchObject({ capacity: 'service' })
  })
})
