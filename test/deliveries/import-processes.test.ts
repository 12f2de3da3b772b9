import { createReadStream, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { digestOf } from '../../services/deliveries/archive.ts'
import { fileStore } from '../../services/deliveries/file-store.ts'
import { callOff } from '../../services/deliveries/import-cancel.ts'
import { startImport } from '../../services/deliveries/import-notes.ts'
import { importJobs } from '../../services/deliveries/jobs.ts'
import { keepFile } from '../../services/deliveries/keep.ts'
import type { Ledger } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { downloadFile } from './fixtures.ts'
import { actor, eventsOf, fileOf, importing, manyPosts, newChannel } from './support.ts'

// Two ledgers on one database are two processes of one Liggare.
const databases = testDatabases()
let ledger: Ledger
let other: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
  ;({ ledger: other } = await testLedger(databases))
})

async function ended(
  jobs: ReturnType<typeof importJobs>,
  log: Parameters<typeof jobs.status>[0],
  id: string,
) {
  for (;;) {
    const status = await jobs.status(log, id)
    if (status !== undefined && !['queued', 'running', 'cancelling', 'broken-off'].includes(status.state))
      return status
    await sleep(50)
  }
}

test('an import in one process is seen running, and called off, from another', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = fileOf(manyPosts(2500, 1), 'arkiv.zip')
  let reached: () => void = () => {}
  const underWay = new Promise<void>((resolve) => {
    reached = resolve
  })
  // It waits at its first step until it has been called off, as a long one would be at one of its many.
  let goOn: () => void = () => {}
  const called = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const paused = { ...ledger, writer: (it: typeof log) => pausing(ledger.writer(it), reached, called) }
  const running = importing(paused, log, channel, file)
  await underWay
  const [started] = await eventsOf(ledger, log, 'import.started')
  const id = started?.streamId as string
  const jobs = importJobs(other)
  const status = await jobs.status(log, id)
  expect(status?.state).toBe('running')
  expect(await jobs.cancel(log, status as NonNullable<typeof status>, actor)).toBe(true)
  expect((await jobs.status(log, id))?.state).toBe('cancelling')
  await sleep(1_500)
  goOn()
  await expect(running).rejects.toMatchObject({ code: 'state-conflict' })
  expect((await jobs.status(log, id))?.state).toBe('cancelled')
})

function pausing(
  writer: ReturnType<Ledger['writer']>,
  reached: () => void,
  called: Promise<void>,
): ReturnType<Ledger['writer']> {
  return {
    ...writer,
    append: async (drafts, options) => {
      if (drafts.some((draft) => draft.type.startsWith('interaction.'))) {
        reached()
        await called
      }
      return writer.append(drafts, options)
    },
  }
}

test('what a killed process left is gone on with from its kept archive, and ends as if it had not been killed', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = downloadFile('x-archive')
  const store = fileStore(mkdtempSync(join(databases.folder, 'store-')))
  const { sha256, size } = await digestOf(file)
  // As far as a process comes that is killed right after it has put its archive aside.
  const id = await startImport(ledger, log, { channel, actor, fileName: 'arkiv.zip', sha256, size })
  const origin = {
    channel,
    platform: 'x',
    mapper: 'x-archive/v1',
    delivery: id,
    receivedAt: '2026-11-23T10:00:00Z',
  }
  await keepFile(ledger, log, origin, store, { pieces: createReadStream(file), size })
  const jobs = importJobs(other, store)
  expect((await jobs.status(log, id))?.state).toBe('broken-off')
  expect(await jobs.resume()).toBe(1)
  const status = await ended(jobs, log, id)
  expect(status.state).toBe('finished')
  expect(status.counts?.recorded).toBeGreaterThan(5)
  expect(await jobs.resume()).toBe(0)
})

test('what was broken off and then called off is not gone on with', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = downloadFile('x-archive')
  const store = fileStore(mkdtempSync(join(databases.folder, 'store-')))
  const { sha256, size } = await digestOf(file)
  const id = await startImport(ledger, log, { channel, actor, fileName: 'arkiv.zip', sha256, size })
  const origin = {
    channel,
    platform: 'x',
    mapper: 'x-archive/v1',
    delivery: id,
    receivedAt: '2026-11-23T10:00:00Z',
  }
  await keepFile(ledger, log, origin, store, { pieces: createReadStream(file), size })
  await callOff(ledger, log, { id, channel }, actor)
  const jobs = importJobs(other, store)
  expect((await jobs.status(log, id))?.state).toBe('cancelled')
  expect(await jobs.resume()).toBe(0)
})
