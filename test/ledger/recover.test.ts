import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import { recordCommand, recordCommands } from '../../services/ledger/command.ts'
import { assertRecovered } from '../../services/ledger/recover.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { sweep } from '../../services/retention/sweep.ts'
import {
  comments,
  eventsOf,
  interactionIds,
  left,
  type Opened,
  purgeDue,
  recovered,
  textOf,
  texts,
  type World,
  world,
} from './recover-support.ts'

// G5: what was purged comes back by no restored backup: old ledger, old keyring, both old, lost journal.

let it_: World
beforeEach(async () => {
  it_ = await world()
})
afterEach(async () => {
  await it_.close()
})

const nothing = { intents: 0, keys: 0, journal: 0, finished: 0 }
const gone = { parts: 0, digests: 0, keys: 0 }
const survivors = [textOf(3), textOf(4)]

async function expectErased(opened: Opened, ids: readonly string[]) {
  expect(await left(it_, opened, ids)).toEqual(gone)
  expect(await texts(opened)).toEqual([undefined, undefined, undefined, ...survivors])
  // The same file again: what was purged is refused, what is kept is known.
  const again = await comments(opened, 3, 2)
  expect(again).toEqual([
    'already-disposed',
    'already-disposed',
    'already-disposed',
    'duplicate',
    'duplicate',
  ])
  expect(await recovered(opened)).toEqual(nothing)
  const report = await verifyLog(
    opened.ledger.pool,
    opened.log,
    logIdentity(opened.ledger.provider, opened.log),
    {
      sealed: true,
    },
  )
  expect(report.findings).toEqual([])
}

it('does nothing when the three copies agree', async () => {
  expect(await recovered(it_.first)).toEqual(nothing)
  await purgeDue(it_.first)
  expect(await recovered(it_.first)).toEqual(nothing)
  expect(await eventsOf(it_.first, 'erasure.replayed')).toEqual([])
  await assertRecovered(it_.first.ledger, it_.first.purge.journal)
})

it.each([
  ['an old ledger', ['ledger'], { ...nothing, intents: 1 }],
  ['an old keyring', ['keyring'], { ...nothing, keys: 1 }],
  ['an old ledger and an old keyring', ['ledger', 'keyring'], { ...nothing, intents: 1, keys: 1 }],
] as const)('erases again what %s brings back', async (_, kinds, expected) => {
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  const backup = await it_.backup()
  await purgeDue(it_.first)
  await it_.restore(backup, kinds)
  const opened = await it_.open()
  await expect(assertRecovered(opened.ledger, opened.purge.journal)).rejects.toThrow('start the worker')
  expect(await recovered(opened)).toEqual(expected)
  expect(await eventsOf(opened, 'erasure.replayed')).toMatchObject([
    { data: { purges: 1, objects: 3, events: 3 } },
  ])
  await assertRecovered(opened.ledger, opened.purge.journal)
  await expectErased(opened, ids)
})

it('keeps the intent under its own id and with its rules, and closes the purge whose order is lost', async () => {
  const backup = await it_.backup()
  const purge = await purgeDue(it_.first)
  const [intent] = await eventsOf(it_.first, 'purge.intended')
  await it_.restore(backup, ['ledger'])
  const opened = await it_.open()
  await recovered(opened)
  const [replayed] = await eventsOf(opened, 'purge.intended')
  expect(replayed?.id).toBe(intent?.id)
  expect(replayed?.data).toMatchObject({ rules: intent?.data['rules'], objects: intent?.data['objects'] })
  expect(await eventsOf(opened, 'purge.executed')).toMatchObject([
    { data: { objects: 3, records: 3, replayed: true } },
  ])
  expect(purge).toMatch(/^[0-9a-f-]{36}$/)
})

it('refuses what was imported and purged after the backup, when its file is imported again', async () => {
  const backup = await it_.backup()
  await comments(it_.first, 2, 0, 100)
  await purgeDue(it_.first)
  await it_.restore(backup, ['ledger'])
  const opened = await it_.open()
  await recovered(opened)
  expect(await comments(opened, 2, 0, 100)).toEqual(['already-disposed', 'already-disposed'])
})

it('finds objects by their ids where positions have been used again', async () => {
  const backup = await it_.backup()
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  await purgeDue(it_.first)
  await it_.restore(backup, ['ledger'])
  // Somebody has written into the restored log before it was compared: the old positions are somebody else's.
  const opened = await it_.open()
  await comments(opened, 0, 4, 200)
  await recovered(opened)
  expect(await left(it_, opened, ids)).toEqual(gone)
  expect((await texts(opened)).slice(5)).toEqual([200, 201, 202, 203].map(textOf))
})

it('makes a lost journal again, and goes by it', async () => {
  const backup = await it_.backup()
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  await purgeDue(it_.first)
  const before = it_.first.purge.journal.read((await eventsOf(it_.first, 'purge.intended'))[0]?.id as string)
  rmSync(it_.databases.config.journalFile)
  const opened = await it_.open()
  expect(await recovered(opened)).toEqual({ ...nothing, journal: 1 })
  expect(await eventsOf(opened, 'journal.rebuilt')).toMatchObject([{ data: { entries: 1, kept: 0 } }])
  const rebuilt = opened.purge.journal.read(before?.intent as string)
  expect(rebuilt).toMatchObject({
    purge: before?.purge,
    objects: expect.arrayContaining([...(before?.objects ?? [])]),
    events: expect.arrayContaining([...(before?.events ?? [])]),
    tombstones: expect.arrayContaining([...(before?.tombstones ?? [])]),
  })
  await it_.restore(backup, ['ledger', 'keyring'])
  const again = await it_.open()
  await recovered(again)
  await expectErased(again, ids)
})

it('goes by the keyring when old ledger and lost journal meet', async () => {
  const backup = await it_.backup()
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  await purgeDue(it_.first)
  await it_.restore(backup, ['ledger'])
  rmSync(it_.databases.config.journalFile)
  const opened = await it_.open()
  expect(await recovered(opened)).toEqual({ ...nothing, intents: 1, journal: 1 })
  await expectErased(opened, ids)
})

it('refuses a keyring from before a sweep and takes the one from after it', async () => {
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  const before = await it_.backup()
  await purgeDue(it_.first)
  await sweep(it_.first.ledger, 'test')
  const after = await it_.backup()
  await it_.restore(before, ['ledger', 'keyring'])
  await expect(it_.open()).rejects.toThrow('from before a sweep')
  await it_.restore(after, ['keyring'])
  const opened = await it_.open()
  expect(await recovered(opened)).toEqual({ ...nothing, intents: 1 })
  await expectErased(opened, ids)
})

it('carries a keyring whose epoch is dead on, when it holds no key', async () => {
  const none = await world(0, 0)
  try {
    await none.databases.asAdmin('keyring', (client) => client.query('truncate keyring.record_key'))
    const before = await none.backup()
    await sweep(none.first.ledger, 'test')
    await none.restore(before, ['keyring'])
    const opened = await none.open()
    expect(await comments(opened, 0, 1)).toEqual(['stored'])
  } finally {
    await none.close()
  }
})

it('refuses a keyring that lacks the keys of the newest records', async () => {
  const backup = await it_.backup()
  await comments(it_.first, 0, 1, 300)
  await it_.restore(backup, ['keyring'])
  const opened = await it_.open()
  await expect(recovered(opened)).rejects.toThrow('older than the log')
  await expect(assertRecovered(opened.ledger, undefined)).rejects.toThrow('older than the log')
})

it('lets those act again whom an old keyring has forgotten', async () => {
  const backup = await it_.backup()
  const command = {
    type: 'lookup.recorded',
    actor: { name: 'newcomer' },
    data: { kind: 'shown', scope: {} },
  }
  await recordCommand(it_.first.ledger, it_.first.log, command)
  await it_.restore(backup, ['keyring'])
  const opened = await it_.open()
  expect(await recovered(opened)).toEqual(nothing)
  const { kind } = await recordCommand(opened.ledger, opened.log, command)
  expect(kind).toBe('stored')
})

it('finds lost keys of records behind any number of other events', async () => {
  const backup = await it_.backup()
  await comments(it_.first, 0, 1, 300)
  const { ledger, log } = it_.first
  const look = { type: 'lookup.recorded', actor: { name: 'officer' }, data: { kind: 'shown', scope: {} } }
  await recordCommands(
    ledger,
    log,
    Array.from({ length: 450 }, () => look),
  )
  await it_.restore(backup, ['keyring'])
  await expect(recovered(await it_.open())).rejects.toThrow('older than the log')
})

it('ends right when it is killed at any step', async () => {
  const ids = (await interactionIds(it_.first)).slice(0, 3)
  const backup = await it_.backup()
  await purgeDue(it_.first)
  for (let step = 0; ; step += 1) {
    await it_.restore(backup, ['ledger', 'keyring'])
    const opened = await it_.open()
    const finished = await recoveredUntil(opened, step)
    const next = await it_.open()
    await recovered(next)
    expect(await left(it_, next, ids)).toEqual(gone)
    expect(await texts(next)).toEqual([undefined, undefined, undefined, ...survivors])
    if (finished) {
      expect(step).toBeGreaterThan(5)
      break
    }
  }
})

/** Recovers over a purge connection that breaks before its n-th statement. True if it never came to that. */
async function recoveredUntil(opened: Opened, statements: number): Promise<boolean> {
  let run = 0
  const broken = new Error('the connection is gone')
  const { purgePool } = opened.purge
  const breaking = new Proxy(purgePool, {
    get: (target, name) => {
      if (name !== 'query' && name !== 'connect') return Reflect.get(target, name)
      return (...args: unknown[]) => {
        run += 1
        if (run > statements) return Promise.reject(broken)
        return Reflect.apply(Reflect.get(target, name) as (...all: unknown[]) => unknown, target, args)
      }
    },
  })
  try {
    await recovered({ ...opened, purge: { ...opened.purge, purgePool: breaking } })
    return true
  } catch (error) {
    if (error !== broken) throw error
    return false
  }
}
