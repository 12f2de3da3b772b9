import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { Origin } from './drafts.ts'
import { endedDraft, startedDraft } from './events.ts'
import type { ImportRequest } from './import-types.ts'
import type { Counts } from './tally.ts'

/** Opens an import in the log: of the same file into the same channel it is always the same. Answers its id. */
export async function startImport(
  ledger: Ledger,
  log: Log,
  start: Pick<ImportRequest, 'channel' | 'actor' | 'fileName' | 'platform'> & {
    readonly sha256: string
    readonly size: number
  },
): Promise<string> {
  return (await appendOne(ledger, log, startedDraft(start, ledger.clock.now()))).streamId
}

/** Notes why an import ended early. Where the log does not answer, it stands as broken off. */
export async function noteFailure(
  ledger: Ledger,
  log: Log,
  {
    id,
    channel,
    actor,
    signal,
  }: Pick<ImportRequest, 'channel' | 'actor' | 'signal'> & { readonly id: string },
  error: unknown,
): Promise<void> {
  const known = error instanceof DomainError
  const code = signal?.aborted === true ? 'cancelled' : known ? error.code : 'internal'
  const detail = known ? error.message : 'The import failed for a reason of our own.'
  const draft = endedDraft(id, channel, actor, { type: 'import.failed', code, detail }, ledger.clock.now())
  await appendOne(ledger, log, draft).catch(() => {})
}

export type Checkpoint = { readonly counts: Counts; readonly kinds: Readonly<Record<string, number>> }

/** Where the last run stopped; undefined where it came to its end, or read by another mapper. */
export async function checkpointOf(
  ledger: Ledger,
  log: Log,
  origin: Origin,
): Promise<Checkpoint | undefined> {
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, streamId: origin.delivery, limit: 10_000 }),
  )
  let found: Checkpoint | undefined
  for (const { type, data } of events) {
    if (type === 'delivery.progressed' && data['mapper'] === origin.mapper)
      found = data as unknown as Checkpoint
    else if (type === 'import.finished') found = undefined
  }
  return found
}

export async function appendOne(
  ledger: Ledger,
  log: Log,
  draft: ReturnType<typeof startedDraft>,
): Promise<Appended> {
  const [appended] = await ledger.writer(log).append([draft])
  if (appended?.kind === 'stored') return appended
  throw new DomainError('log-unavailable', `The log answered ${appended?.kind}. Try again.`)
}
