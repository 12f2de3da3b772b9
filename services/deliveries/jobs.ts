import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents, type StoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { FileStore } from './file-store.ts'
import { importFile } from './import.ts'
import { callOff, isUnderWay } from './import-cancel.ts'
import { type ImportJob, leftImports } from './import-left.ts'
import { noteFailure, startImport } from './import-notes.ts'
import type { ImportProgress } from './import-types.ts'
import type { Counts } from './tally.ts'

/**
 * cancelling: called off, and not yet stopped. broken-off: its process ended before it did; it goes on by itself where archives
 * are kept, else sending the file again completes it.
 */
export type ImportState =
  | 'queued'
  | 'running'
  | 'cancelling'
  | 'finished'
  | 'failed'
  | 'cancelled'
  | 'broken-off'

export type ImportStatus = {
  readonly id: string
  readonly channel: string
  readonly state: ImportState
  readonly startedAt: string
  readonly endedAt?: string
  readonly progress?: ImportProgress
  readonly counts?: Counts
  readonly kinds?: Readonly<Record<string, number>>
  /** Why it failed. */
  readonly code?: string
  readonly detail?: string
}

/** Imports of this process, one at a time. What they did stands in the log; here stands only what they are doing. */
export type ImportJobs = {
  /** Resolves once the import is in the log. Takes the upload over: it is removed when the job has ended. */
  readonly submit: (job: ImportJob) => Promise<string>
  readonly status: (log: Log, id: string) => Promise<ImportStatus | undefined>
  /** Calls an import off that has not ended, whatever process it is in. False where it has. */
  readonly cancel: (log: Log, status: ImportStatus, actor: Actor) => Promise<boolean>
  /** Goes on with the imports that a killed process has left, as far as their archives are kept. Answers how many. */
  readonly resume: () => Promise<number>
  /** Breaks off what is under way and waits until it has. */
  readonly close: () => Promise<void>
}

type Active = {
  readonly controller: number
  readonly abort: AbortController
  isQueued: boolean
  progress?: ImportProgress
}

/** Files that may wait on disk. */
const maxQueued = 20

export function importJobs(ledger: Ledger, store?: FileStore): ImportJobs {
  const active = new Map<string, Active>()
  let tail: Promise<void> = Promise.resolve()

  async function run(id: string, job: ImportJob, here: Active): Promise<void> {
    const { log, upload, platform, resume, ...rest } = job
    const { signal } = here.abort
    here.isQueued = false
    try {
      await importFile(ledger, log, {
        ...rest,
        id,
        file: upload.file,
        resume,
        signal,
        onProgress: (progress) => {
          here.progress = progress
        },
        ...(platform === undefined ? {} : { platform }),
        ...(store === undefined ? {} : { store }),
      })
    } catch (error) {
      await noteFailure(ledger, log, { id, channel: job.channel, actor: job.actor, signal }, error)
    } finally {
      active.delete(id)
      await upload.remove()
    }
  }

  function enqueue(id: string, job: ImportJob, here: Active): void {
    active.set(id, here)
    tail = tail.then(() => run(id, job, here))
  }

  async function submit(job: ImportJob): Promise<string> {
    const { log, upload } = job
    try {
      if (active.size >= maxQueued)
        throw new DomainError('log-busy', 'Too many imports are waiting. Try again when some are done.')
      const { sha256, size } = upload
      const id = await startImport(ledger, log, { ...job, sha256, size })
      if (active.has(id) || (await isUnderWay(ledger, id)))
        throw new DomainError('state-conflict', 'This file is being imported already.')
      const here: Active = { controller: log.controller, abort: new AbortController(), isQueued: true }
      enqueue(id, job, here)
      return id
    } catch (error) {
      await upload.remove()
      throw error
    }
  }

  const own = (log: Log, id: string) => {
    const found = active.get(id)
    return found?.controller === log.controller ? found : undefined
  }

  return {
    submit,
    status: async (log, id) => {
      // Asked for first: what is no longer under way has its end in the log already.
      const here = own(log, id)
      const isElsewhere = here === undefined && (await isUnderWay(ledger, id))
      const events = await reading(ledger, log, (tx) =>
        readEvents(tx, { controller: log.controller, streamId: id, limit: 10_000 }),
      )
      return statusOf(id, events, here ?? (isElsewhere ? {} : undefined))
    },
    cancel: async (log, status, actor) => {
      if (['finished', 'failed', 'cancelled'].includes(status.state)) return false
      await callOff(ledger, log, status, actor)
      own(log, status.id)?.abort.abort()
      return true
    },
    resume: async () => {
      let resumed = 0
      for (const { log, id, job } of store === undefined ? [] : await leftImports(ledger, store)) {
        if (active.has(id)) continue
        enqueue(id, job, { controller: log.controller, abort: new AbortController(), isQueued: true })
        resumed += 1
      }
      return resumed
    },
    close: async () => {
      for (const { abort } of active.values()) abort.abort()
      await tail
    },
  }
}

function statusOf(
  id: string,
  events: readonly StoredEvent[],
  underWay: { readonly progress?: ImportProgress; readonly isQueued?: boolean } | undefined,
): ImportStatus | undefined {
  const started = events.findLast((event) => event.type === 'import.started')
  if (started === undefined) return undefined
  const base = { id, channel: started.channelId ?? '', startedAt: started.recordedAt.toISOString() }
  const isSince = (event: StoredEvent) => BigInt(event.position) > BigInt(started.position)
  const isOff = events.some((event) => event.type === 'import.cancel-asked' && isSince(event))
  if (underWay !== undefined) {
    const { progress = reached(events.filter(isSince)), isQueued } = underWay
    const state = isOff ? 'cancelling' : isQueued === true ? 'queued' : 'running'
    return { ...base, state, ...(progress && { progress }) }
  }
  const end = events.findLast((event) => event.type === 'import.finished' || event.type === 'import.failed')
  // Called off with nobody at it: nothing goes on with it either.
  if (end === undefined || !isSince(end)) return { ...base, state: isOff ? 'cancelled' : 'broken-off' }
  const endedAt = end.recordedAt.toISOString()
  const data = end.data as Partial<ImportStatus>
  if (end.type === 'import.finished')
    return { ...base, state: 'finished', endedAt, counts: data.counts as Counts, kinds: data.kinds ?? {} }
  const { code = 'internal', detail = '' } = data
  return { ...base, state: code === 'cancelled' ? 'cancelled' : 'failed', endedAt, code, detail }
}

/** How far an import in another process is, by its last checkpoint. */
function reached(events: readonly StoredEvent[]): ImportProgress | undefined {
  const last = events.findLast((event) => event.type === 'delivery.progressed')
  const counts = last?.data['counts'] as Counts | undefined
  return counts === undefined ? undefined : { phase: 'importing', done: counts.read }
}
