import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents, type StoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { type ImportProgress, importFile, noteFailure, startImport } from './import.ts'
import type { Counts } from './tally.ts'
import type { Upload } from './uploads.ts'

export type ImportJob = {
  readonly log: Log
  readonly channel: string
  readonly fileName: string
  readonly actor: Actor
  readonly upload: Upload
  readonly platform?: string
  readonly resume: boolean
}

/** broken-off: its process ended before it did; sending the file again completes it. */
export type ImportState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'broken-off'

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
  /** False where no such import is under way in this process. */
  readonly cancel: (log: Log, id: string) => boolean
  /** Breaks off what is under way and waits until it has. */
  readonly close: () => Promise<void>
}

type Active = { readonly controller: number; readonly abort: AbortController; progress?: ImportProgress }

/** Files that may wait on disk. */
const maxQueued = 20

export function importJobs(ledger: Ledger): ImportJobs {
  const active = new Map<string, Active>()
  let tail: Promise<void> = Promise.resolve()

  async function run(id: string, job: ImportJob, here: Active): Promise<void> {
    const { log, upload, platform, resume, ...rest } = job
    const { signal } = here.abort
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
      })
    } catch (error) {
      await noteFailure(ledger, log, { id, channel: job.channel, actor: job.actor, signal }, error)
    } finally {
      active.delete(id)
      await upload.remove()
    }
  }

  async function submit(job: ImportJob): Promise<string> {
    const { log, upload } = job
    try {
      if (active.size >= maxQueued)
        throw new DomainError('log-busy', 'Too many imports are waiting. Try again when some are done.')
      const { sha256, size } = upload
      const id = await startImport(ledger, log, { ...job, sha256, size })
      if (active.has(id)) throw new DomainError('state-conflict', 'This file is being imported already.')
      const here: Active = { controller: log.controller, abort: new AbortController() }
      active.set(id, here)
      tail = tail.then(() => run(id, job, here))
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
      const events = await reading(ledger, log, (tx) =>
        readEvents(tx, { controller: log.controller, streamId: id, limit: 10_000 }),
      )
      return statusOf(id, events, here)
    },
    cancel: (log, id) => {
      const found = own(log, id)
      found?.abort.abort()
      return found !== undefined
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
  here: Active | undefined,
): ImportStatus | undefined {
  const started = events.findLast((event) => event.type === 'import.started')
  if (started === undefined) return undefined
  const base = { id, channel: started.channelId ?? '', startedAt: started.recordedAt.toISOString() }
  if (here !== undefined) {
    const { progress } = here
    return { ...base, state: progress === undefined ? 'queued' : 'running', ...(progress && { progress }) }
  }
  const end = events.findLast((event) => event.type === 'import.finished' || event.type === 'import.failed')
  if (end === undefined || BigInt(end.position) < BigInt(started.position))
    return { ...base, state: 'broken-off' }
  const endedAt = end.recordedAt.toISOString()
  const data = end.data as Partial<ImportStatus>
  if (end.type === 'import.finished')
    return { ...base, state: 'finished', endedAt, counts: data.counts as Counts, kinds: data.kinds ?? {} }
  const { code = 'internal', detail = '' } = data
  return { ...base, state: code === 'cancelled' ? 'cancelled' : 'failed', endedAt, code, detail }
}
