import { beforeAll, expect, it } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { identityDigestText, traitDigestText } from '../../services/ledger/digests.ts'
import { type Ledger, type Log, openLedger } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { dyingAfter } from './kill.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
beforeAll(async () => {
  ;({ ledger, purge } = await testLedger(databases))
})

const actor = { name: 'archivist' }
const today = '2026-11-23'
const old = { occurredAt: '2026-03-05T10:15:00+01:00' }
const fresh = { occurredAt: '2026-11-20T10:15:00+01:00' }
const by = (person: string) => ({
  persons: [
    { role: 'author' as const, platformId: person, displayName: 'Påhittad Person', handle: `h-${person}` },
  ],
})

async function logWithRule(): Promise<Log> {
  const log = await newLog(ledger)
  const document = RetentionRule.parse({
    name: 'Kommentarer',
    recordType: 'Kommentar',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    decision: { body: 'KS', reference: 'KS 1', date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-02-01',
  })
  await recordCommand(ledger, log, { type: 'rule.declared', actor, data: { document } })
  return log
}

async function purgeNow(log: Log): Promise<void> {
  await executePurge(purge, log, await orderPurge(ledger, log, actor.name, today), 'job')
}

/** The ids under which a person stands in the log, and what a search would still find of them. */
async function traces(log: Log, person: string) {
  const { find } = ledger.digests(log.controller)
  const identity = find(identityDigestText(JSON.stringify(['facebook', person])))
  const handle = find(traitDigestText({ kind: 'handle', text: `h-${person}` }))
  const found = await databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query<{ subjects: string[]; identities: number; traits: number }>(
      `select (select count(*) from ledger.identity where controller_id = $1 and digest = $2)::int as identities,
         (select count(*) from ledger.subject_trait where controller_id = $1 and digest = $3)::int as traits`,
      [log.controller, identity, handle],
    )
    return rows[0]
  })
  return found
}

async function authorsOf(log: Log): Promise<string[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ subject_id: string }>(
      "select distinct on (position) subject_id from ledger.event_part where controller_id = $1 and role = 'author' order by position",
      [log.controller],
    )
    return rows.map((row) => row.subject_id)
  })
}

const keysOf = (log: Log, subjects: string[]) => ledger.keyring.subjectKeys(log.controller, subjects)

it('forgets a person with their last record: platform id, traits and key', async () => {
  const log = await logWithRule()
  await ledger.writer(log).append([commentDraft('a', { ...old, ...by('p-1') })])
  expect(await traces(log, 'p-1')).toEqual({ identities: 1, traits: 1 })
  const authors = await authorsOf(log)
  expect((await keysOf(log, authors)).size).toBe(1)
  await purgeNow(log)
  expect(await traces(log, 'p-1')).toEqual({ identities: 0, traits: 0 })
  expect((await keysOf(log, authors)).size).toBe(0)
})

it('keeps a person who lives in another record', async () => {
  const log = await logWithRule()
  const writer = ledger.writer(log)
  await writer.append([
    commentDraft('a', { ...old, ...by('p-1') }),
    commentDraft('b', { ...fresh, ...by('p-1') }),
  ])
  await purgeNow(log)
  expect(await traces(log, 'p-1')).toEqual({ identities: 1, traits: 1 })
  expect((await keysOf(log, await authorsOf(log))).size).toBe(1)
})

it('keeps a person who was linked by a case, also after its hold is lifted', async () => {
  const log = await logWithRule()
  await ledger.writer(log).append([commentDraft('a', { ...old, ...by('p-1') })])
  const [target] = await authorsOf(log)
  const hold = await recordCommand(ledger, log, {
    type: 'hold.placed',
    expectedVersion: 0,
    actor,
    data: { kind: 'subject', target, ground: 'access-request', case: '0190b5a2-7c1e-7f00-8000-00000000ca5e' },
  })
  await recordCommand(ledger, log, { type: 'hold.lifted', streamId: hold.streamId, actor, data: {} })
  await purgeNow(log)
  expect(await traces(log, 'p-1')).toEqual({ identities: 1, traits: 1 })
})

it('keeps who acts here, whatever of theirs is destroyed', async () => {
  const log = await logWithRule()
  await ledger.writer(log).append([commentDraft('a', { ...old, ...by('p-1') })])
  await purgeNow(log)
  const actors = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ subject_id: string }>(
      "select distinct subject_id from ledger.event_part where controller_id = $1 and role = 'actor'",
      [log.controller],
    )
    return rows.map((row) => row.subject_id)
  })
  expect((await keysOf(log, actors)).size).toBe(actors.length)
  expect(await orderPurge(ledger, log, actor.name, today)).toEqual(expect.any(String))
})

it('takes a person who comes again for somebody new, also where a process still remembers them', async () => {
  const log = await logWithRule()
  await ledger.writer(log).append([commentDraft('a', { ...old, ...by('p-1') })])
  const other = await openLedger({
    pool: databases.ledger('worker'),
    keyringPool: databases.keyring(),
    provider: ledger.provider,
    clock: ledger.clock,
  })
  // The other process knows the person too.
  await other.writer(log).append([commentDraft('b', { ...old, ...by('p-1') })])
  await purgeNow(log)
  const [first, second] = await Promise.all([
    ledger.writer(log).append([commentDraft('c', { ...fresh, ...by('p-1') })]),
    other.writer(log).append([commentDraft('d', { ...fresh, ...by('p-1') })]),
  ])
  expect([first?.[0]?.kind, second?.[0]?.kind]).toEqual(['stored', 'stored'])
  const [a, b, c, d] = await authorsOf(log)
  expect(a).toBe(b)
  expect(c).toBe(d)
  expect(c).not.toBe(a)
  expect(await traces(log, 'p-1')).toEqual({ identities: 1, traits: 1 })
  expect([...(await keysOf(log, [a as string, c as string])).keys()]).toEqual([c])
})

it.each(['ledger.condemn', 'ledger.forget_persons', 'keyring.destroy', 'ledger.dispose'] as const)(
  'forgets them all the same when it is killed after %s, and whoever comes meanwhile is kept',
  async (step) => {
    const log = await logWithRule()
    const writer = ledger.writer(log)
    await writer.append(['p-1', 'p-2'].map((person) => commentDraft(person, { ...old, ...by(person) })))
    const id = await orderPurge(ledger, log, actor.name, today)
    await expect(executePurge(dyingAfter(purge, step), log, id, 'job')).rejects.toThrow('killed')
    const [again] = await writer.append([commentDraft('again', { ...fresh, ...by('p-2') })])
    expect(again?.kind).toBe('stored')
    await executePurge(purge, log, id, 'job')
    expect(await traces(log, 'p-1')).toEqual({ identities: 0, traits: 0 })
    expect(await traces(log, 'p-2')).toEqual({ identities: 1, traits: 1 })
    const [one, two, later] = await authorsOf(log)
    const keys = await keysOf(log, [one, two, later] as string[])
    expect(keys.has(one as string)).toBe(false)
    expect(keys.has(later as string)).toBe(true)
    expect(keys.has(two as string)).toBe(two === later)
  },
)
