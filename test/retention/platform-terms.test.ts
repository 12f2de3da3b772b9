import { beforeAll, expect, it } from 'vitest'
import { demandDraft } from '../../services/deliveries/drafts.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import type { PlatformDemand } from '../../services/sources/source.ts'
import { ruleDocument, testService } from '../declarations/support.ts'
import { commentDraft, newLog, someChannel } from '../ledger/support.ts'

const service = testService()
let token: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  token = await service.token()
})
const call = (method: 'GET' | 'POST', path: string, body?: object) =>
  service.call(method, path, { token, ...(body === undefined ? {} : { body }) })

const origin = {
  channel: someChannel,
  platform: 'x',
  delivery: uuidv7(),
  mapper: 'x-compliance/v1',
  receivedAt: '2026-11-22T10:00:00Z',
}

async function demanded(given: Partial<PlatformDemand> = {}) {
  const log = await newLog(service.ledger)
  const path = `/controllers/${log.slug}`
  await call(
    'POST',
    `${path}/retention-rules`,
    ruleDocument({ start: 'withdrawn', period: 'P1M', scope: {} }),
  )
  const [stored] = await service.ledger.writer(log).append([commentDraft('o-1')])
  await demand(log, given)
  const { items } = (await call('GET', `${path}/platform-demands`)).body as {
    items: [{ id: string }]
  }
  return { log, path, object: stored?.streamId, at: `${path}/platform-demands/${items[0].id}` }
}

const demand = (log: Log, given: Partial<PlatformDemand> = {}) =>
  service.ledger.writer(log).append([
    demandDraft(
      {
        kind: 'platform-demand',
        action: 'delete',
        objectId: 'o-1',
        at: '2026-11-22T09:00:00Z',
        basis: 'occurred',
        native: { kind: 'delete', mapper: 'x-compliance/v1' },
        ...given,
      },
      origin,
    ),
  ])

const decide = (at: string, decision: string, ground = 'public-record') =>
  call('POST', `${at}/decision`, { decision, ground, text: 'Allmän handling.' })

it('opens a case with the grounds that compete, and does nothing by itself', async () => {
  const { path, object, at } = await demanded()
  expect((await call('GET', at)).body).toMatchObject({
    demand: { object, action: 'delete', demandedOn: '2026-11-22', decision: null },
    retention: { why: { code: 'triggerMissing' }, holds: [], condemnedPosition: null },
  })
  expect((await call('GET', `${path}/retention/due?on=2030-01-01`)).body).toMatchObject({
    objects: 0,
  })
})

it('follows by a withdrawal, from which a rule with a decision counts', async () => {
  const { path, at } = await demanded()
  expect((await decide(at, 'follow')).body).toMatchObject({
    demand: { decision: 'follow' },
    retention: { days: { withdrawnOn: '2026-11-23' }, dueDay: '2026-12-23' },
  })
  expect((await decide(at, 'keep')).status).toBe(409)
  expect((await call('GET', `${path}/platform-demands`)).body).toMatchObject({ total: 0 })
  expect((await call('GET', `${path}/platform-demands?all=true`)).body).toMatchObject({ total: 1 })
})

it('keeps against the demand with its ground, and restricts under a hold', async () => {
  const kept = await demanded()
  expect((await decide(kept.at, 'keep')).body).toMatchObject({ retention: { days: {}, holds: [] } })
  const restricted = await demanded()
  expect((await decide(restricted.at, 'restrict')).body).toMatchObject({
    retention: { why: { code: 'held' }, holds: [{ ground: 'platform-restriction' }] },
  })
})

it('is not followed against a hold or a duty to preserve', async () => {
  const held = await demanded()
  const hold = { kind: 'object', target: held.object, ground: 'appeal' }
  await call('POST', `${held.path}/holds`, hold)
  expect((await decide(held.at, 'follow')).body).toMatchObject({ code: 'held' })
  const preserved = await demanded()
  const keep = ruleDocument({
    name: 'Bevaras',
    recordType: 'B',
    action: 'preserve',
    period: undefined,
    scope: {},
  })
  await call('POST', `${preserved.path}/retention-rules`, keep)
  expect((await decide(preserved.at, 'follow')).body).toMatchObject({ code: 'state-conflict' })
})

it('takes a demand about an account, or about what was never stored, as a case without an object', async () => {
  const { at } = await demanded({ objectId: 'never-stored' })
  expect((await call('GET', at)).body).toMatchObject({ demand: { object: null } })
  expect((await decide(at, 'follow')).status).toBe(200)
})
