import { beforeAll, describe, expect, test } from 'vitest'
import { Interaction } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import {
  activityDocument,
  channelDocument,
  controllerDocument,
  ruleDocument,
  testService,
} from './support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'

const create = (collection: string, body: object, board = at) =>
  service.call('POST', `${board}/${collection}`, { body })
const idOf = (answer: { status: number; body: never; text: string }) => {
  if (answer.status !== 201) throw new Error(answer.text)
  return (answer.body as { id: string }).id
}
const change = (path: string, version: number, body: object, board = at) =>
  service.call('PUT', `${board}${path}`, { headers: { 'if-match': `"${version}"` }, body })

beforeAll(async () => {
  for (const slug of ['kommunstyrelsen', 'kulturnamnden', 'skolnamnden'])
    await service.call('POST', '/controllers', { body: controllerDocument(slug) })
})

const sized = async () => (await service.ledger.list()).length

describe('the decisions on a channel', () => {
  const twitter = (given: object) =>
    channelDocument({ platform: 'x', name: 'Kontot', accountId: 'x-1', controllership: 'own', ...given })
  let id = ''
  beforeAll(async () => {
    id = idOf(await create('channels', twitter({})))
  })

  test('each hold from their day and leave the days before to the older ones', async () => {
    const widened = twitter({
      controllership: 'ownAndThirdParty',
      legalSource: { decision: 'Beslut KS 2014/3', date: '2014-03-01', from: '2014-04-01' },
    })
    expect((await change(`/channels/${id}`, 1, widened)).status).toBe(200)
    const on = async (day: string) => {
      const { body } = await service.call('GET', `${at}/channels/${id}?validOn=${day}`)
      return (body as { document: { controllership: string } }).document.controllership
    }
    expect(await Promise.all(['2010-03-01', '2014-03-31', '2014-04-01', '2026-03-02'].map(on))).toEqual([
      'own',
      'own',
      'ownAndThirdParty',
      'ownAndThirdParty',
    ])
  })

  test('do not overlap', async () => {
    const refused = await change(
      `/channels/${id}`,
      2,
      twitter({
        legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05', to: '2015-12-31' },
      }),
    )
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'state-conflict', violations: [{ pointer: '/legalSource' }] },
    })
    expect(refused.text).toContain('2014-04-01')
  })

  test('leave no day without one while the channel is open', async () => {
    const ends = { decision: 'Beslut KS 2014/3', date: '2014-03-01', from: '2014-04-01', to: '2020-12-31' }
    const refused = await change(`/channels/${id}`, 2, twitter({ legalSource: ends }))
    expect(refused).toMatchObject({ status: 409, body: { violations: [{ pointer: '/legalSource/to' }] } })
    expect(refused.text).toContain('2021-01-01')
    const closed = await change(`/channels/${id}`, 2, twitter({ legalSource: ends, closedOn: '2020-12-31' }))
    expect(closed.status).toBe(200)
    expect((await service.call('GET', `${at}/channels/${id}?validOn=2021-01-01`)).status).toBe(404)
  })
})

describe('a channel', () => {
  test('is without a controller on no day', async () => {
    const id = idOf(
      await create(
        'channels',
        channelDocument({ accountId: 'k', name: 'Kulturen' }),
        '/controllers/kulturnamnden',
      ),
    )
    const ended = { ...controllerDocument('kulturnamnden'), validTo: '2024-12-31' }
    const refused = await change('', 1, ended, '/controllers/kulturnamnden')
    expect(refused).toMatchObject({ status: 409, body: { violations: [{ pointer: '/validTo' }] } })
    expect(refused.text).toContain('2025-01-01')
    expect((await service.call('GET', '/controllers/kulturnamnden')).body).toMatchObject({ version: 1 })
    const closed = channelDocument({ accountId: 'k', name: 'Kulturen', closedOn: '2024-12-31' })
    await change(`/channels/${id}`, 1, closed, '/controllers/kulturnamnden')
    expect((await change('', 1, ended, '/controllers/kulturnamnden')).status).toBe(200)
    const late = await create(
      'channels',
      channelDocument({ accountId: 'l', name: 'Sen' }),
      '/controllers/kulturnamnden',
    )
    expect(late.status).toBe(409)
    expect((await service.call('GET', '/controllers/kulturnamnden?validOn=2025-01-01')).status).toBe(404)
  })

  test('passes to another controller that has it from the same day, and not in a circle', async () => {
    const school = '/controllers/skolnamnden'
    const mine = channelDocument({ accountId: 'r', name: 'Skolans sida' })
    const first = idOf(await create('channels', mine))
    const second = idOf(await create('channels', { ...mine, openedOn: '2019-01-01' }, school))
    const to = (controller: string, channel: string, from: string) => ({
      ...mine,
      reassignment: { controller, channel, from },
    })
    expect(await change(`/channels/${first}`, 1, to('okand', second, '2019-01-01'))).toMatchObject({
      status: 422,
      body: { violations: [{ pointer: '/reassignment/controller' }] },
    })
    expect(await change(`/channels/${first}`, 1, to('skolnamnden', first, '2019-01-01'))).toMatchObject({
      status: 422,
      body: { violations: [{ pointer: '/reassignment/channel' }] },
    })
    expect((await change(`/channels/${first}`, 1, to('skolnamnden', second, '2018-01-01'))).text).toContain(
      'has no controller',
    )
    expect((await change(`/channels/${first}`, 1, to('skolnamnden', second, '2020-01-01'))).text).toContain(
      'has two controllers',
    )
    expect((await change(`/channels/${first}`, 1, to('skolnamnden', second, '2019-01-01'))).status).toBe(200)
    const back = {
      ...mine,
      openedOn: '2018-12-31',
      reassignment: { controller: 'kommunstyrelsen', channel: first, from: '2010-02-01' },
    }
    expect((await change(`/channels/${second}`, 1, back, school)).status).toBe(422)
    const circle = {
      ...mine,
      openedOn: '2009-01-01',
      reassignment: { controller: 'kommunstyrelsen', channel: first, from: '2010-02-01' },
    }
    const refused = await change(`/channels/${second}`, 1, circle, school)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('circular')
    expect((await service.call('GET', `${school}/channels/${second}`)).body).toMatchObject({ version: 1 })
  })
})

describe('an activity', () => {
  test('goes from draft to numbered publications with a digest, and a newer draft leaves the register alone', async () => {
    const draft = activityDocument({
      name: 'Omvärldsbevakning',
      status: 'draft',
      scope: { verbs: ['followed'] },
    })
    const made = await create('activities', draft)
    expect(made.body).not.toHaveProperty('publication')
    const id = idOf(made)
    const published = await change(`/activities/${id}`, 1, { ...draft, status: 'published' })
    expect(published.body).toMatchObject({ version: 2, publication: 1 })
    const digest = (published.body as { digest: string }).digest
    await change(`/activities/${id}`, 2, { ...draft, name: 'Bevakning' })
    const { body } = await service.call('GET', `${at}/register`)
    const { rows, findings } = body as {
      rows: { id: string }[]
      findings: { code: string; activity?: string }[]
    }
    expect(rows.find((row) => row.id === id)).toMatchObject({
      name: 'Omvärldsbevakning',
      version: 2,
      publication: 1,
      declaredOn: '2026-03-02',
      digest,
    })
    expect(findings).toContainEqual(expect.objectContaining({ code: 'draft-waiting', activity: id }))
    expect(
      (await change(`/activities/${id}`, 3, { ...draft, status: 'published', name: 'Bevakning' })).body,
    ).toMatchObject({
      publication: 2,
    })
  })

  test('is refused with a word that no vocabulary has', async () => {
    for (const wrong of [
      { purposes: [{ term: 'curiosity' }] },
      { legalBasis: [{ term: 'habit' }] },
      { sensitiveGrounds: [{ term: 'practical' }] },
      { transfers: [{ destination: 'US', safeguard: 'trust' }] },
      { measures: [{ term: 'luck' }] },
      { dataSubjects: [{ term: 'everybody' }] },
    ]) {
      const refused = await create('activities', activityDocument({ name: 'Okänd', ...wrong }))
      expect(refused).toMatchObject({
        status: 422,
        body: { violations: [{ pointer: expect.stringMatching(`^/${Object.keys(wrong)[0]}`) }] },
      })
    }
    expect((await service.call('GET', `${at}/activities`)).text).not.toContain('Okänd')
  })

  test('with records or rules under it is not deleted, and else retired', async () => {
    const log = (await service.ledger.find('kommunstyrelsen')) as Log
    const channel = idOf(await create('channels', channelDocument({ name: 'Sidan', accountId: 's' })))
    const id = idOf(
      await create('activities', activityDocument({ name: 'Dialog', scope: { channels: [channel] } })),
    )
    const free = idOf(
      await create('activities', activityDocument({ name: 'Fri', scope: { verbs: ['blocked'] } })),
    )
    const interaction = Interaction.parse({
      channel,
      objectId: 'o-1',
      verb: 'commented',
      occurredAt: '2026-03-01T10:15:00+01:00',
    })
    await service.ledger.writer(log).append([draftOf(interaction, { platform: 'facebook' })])
    const remove = (what: string, version: number) =>
      service.call('DELETE', `${at}/activities/${what}`, { headers: { 'if-match': `"${version}"` } })
    const refused = await remove(id, 1)
    expect(refused).toMatchObject({ status: 409, body: { code: 'state-conflict' } })
    expect(refused.text).toContain('1 records')
    expect((await service.call('GET', `${at}/activities/${id}`)).body).toMatchObject({ version: 1 })
    const rule = ruleDocument({ name: 'Bunden', recordType: 'Blockering', scope: { activities: [free] } })
    const ruled = idOf(await create('retention-rules', rule))
    expect((await remove(free, 1)).text).toContain(ruled)
    await change(`/retention-rules/${ruled}`, 1, { ...rule, scope: { verbs: ['blocked'] } })
    expect(await remove(free, 1)).toMatchObject({
      status: 200,
      body: { version: 2, document: { status: 'retired' } },
    })
    expect((await service.call('GET', `${at}/register`)).text).not.toContain('"Fri"')
  })

  test('shows before it is changed what that would mean, and records nothing', async () => {
    const { body } = await service.call('GET', `${at}/activities?limit=100`)
    const dialog = (body as { items: { id: string; document: { name: string } }[] }).items.find(
      (it) => it.document.name === 'Dialog',
    )
    const size = async () =>
      (await service.call('GET', `${at}/register`)).body as { size: string; digest: string }
    const before = await size()
    const wider = activityDocument({ name: 'Dialog', scope: { verbs: ['reported'] } })
    const preview = await service.call('POST', `${at}/activities/${dialog?.id}/preview`, { body: wider })
    expect(preview).toMatchObject({ status: 200, body: { records: 1 } })
    expect(preview.text).toContain('seen-not-declared')
    const twin = await service.call('POST', `${at}/activities/${dialog?.id}/preview`, {
      body: activityDocument({
        name: 'Omvärldsbevakning 2',
        scope: { channels: ['0198c5a0-0000-7000-8000-000000000009'] },
      }),
    })
    expect(twin.status).toBe(422)
    expect(await size()).toEqual(before)
    expect(await sized()).toBe(3)
  })
})
