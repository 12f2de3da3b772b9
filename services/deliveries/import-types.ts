import type { Actor } from '../ledger/command.ts'
import type { FileStore } from './file-store.ts'
import type { Counts } from './tally.ts'

export type ImportRequest = {
  readonly file: string
  /** What the file is called; sealed. */
  readonly fileName: string
  readonly channel: string
  readonly actor: Actor
  /** The format, where the channel's platform does not tell: `activitystreams`, `cloudevents`, or a platform. */
  readonly platform?: string
  /** Says what an import would bring and writes nothing. */
  readonly dryRun?: boolean
  /** Goes on after the last checkpoint of an earlier import of the same file. */
  readonly resume?: boolean
  /** Items between two checkpoints. */
  readonly checkpointEvery?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
  /** Where the file is kept, sealed; without it, it is not. */
  readonly store?: FileStore
  /** The import that `startImport` has opened: whoever opened it also notes it if this throws. */
  readonly id?: string
}

export type ImportProgress = {
  readonly phase: 'checking' | 'importing'
  readonly done: number
  readonly of?: number
}

export type ImportReport = {
  /** Id of the import and of its delivery; absent in a dry run. */
  readonly id?: string
  readonly platform: string
  readonly mapper: string
  /** same: the download's account is the channel's · unknown: one of them does not say. */
  readonly account: 'same' | 'unknown'
  readonly dryRun: boolean
  /** How many items an earlier run had done, and this one has left out. */
  readonly resumedAfter: number
  readonly counts: Counts
  readonly kinds: Readonly<Record<string, number>>
}
