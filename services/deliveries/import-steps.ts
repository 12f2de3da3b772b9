import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'
import type { Translated } from '../sources/source.ts'
import type { Download } from './archive.ts'
import { type Channel, ownAccountOf } from './channel.ts'
import type { Origin } from './drafts.ts'
import { type DeliveryReport, endedDraft, progressedDraft, receivedDraft } from './events.ts'
import { removeStaleFiles } from './expire.ts'
import type { FileStore } from './file-store.ts'
import { appendOne, checkpointOf } from './import-notes.ts'
import type { ImportReport, ImportRequest } from './import-types.ts'
import { ingest, preview } from './ingest.ts'
import type { Intake } from './intake.ts'
import { indexDelivery, isNoted, keepFile } from './keep.ts'
import type { Kinship } from './relations.ts'
import { newTally, type Tally } from './tally.ts'

const checkpointItems = 50_000
/** Ranges of positions that one checkpoint may hold: they are kept in memory until then. */
const checkpointRanges = 20_000

export type Run = {
  readonly ledger: Ledger
  readonly log: Log
  readonly channel: Channel
  readonly download: Download
  readonly request: ImportRequest
  readonly kinship: Kinship
  readonly total: number
}
export type Outcome = Pick<ImportReport, 'dryRun' | 'resumedAfter' | 'counts' | 'kinds'>

export async function* watched(
  items: AsyncIterable<Translated>,
  { signal }: ImportRequest,
): AsyncGenerator<Translated> {
  for await (const item of items) {
    if (signal?.aborted === true) throw new DomainError('state-conflict', 'The import was cancelled.')
    yield item
  }
}

function intakeOf(run: Run, origin: Origin, tally: Tally): Intake {
  const { ledger, log, channel, download, kinship } = run
  const account = ownAccountOf(channel, download.account ?? {})
  return { ledger, log, channel, account, origin, tally, kinship, patient: true }
}

export async function tried(run: Run, origin: Origin): Promise<Outcome> {
  const tally = newTally()
  await preview(intakeOf(run, origin, tally), watched(run.download.items(), run.request))
  return { dryRun: true, resumedAfter: 0, counts: tally.counts(), kinds: tally.kinds() }
}

async function taken(run: Run, origin: Origin): Promise<Outcome> {
  const { ledger, log, request, total } = run
  const from = request.resume === true ? await checkpointOf(ledger, log, origin) : undefined
  const resumedAfter = from?.counts.read ?? 0
  const tally = newTally(from)
  const every = request.checkpointEvery ?? checkpointItems
  let noted = resumedAfter
  const { store } = request
  const isKept = store !== undefined && (await keepArchive(run, origin, store))
  const index = async (
    report: Pick<DeliveryReport, 'brought' | 'corroborated'>,
    end?: 'closed' | 'let-go',
  ) => {
    if (isKept) await indexDelivery(ledger, log, origin.delivery, [report.brought, report.corroborated], end)
  }
  const items = skipped(watched(run.download.items(), request), resumedAfter)
  await ingest(intakeOf(run, origin, tally), items, async () => {
    const counts = tally.counts()
    request.onProgress?.({ phase: 'importing', done: counts.read, of: total })
    if (counts.read - noted < every && tally.pending() < checkpointRanges) return
    noted = counts.read
    const report = { counts, kinds: tally.kinds(), ...tally.take() }
    await index(report)
    await appendOne(ledger, log, progressedDraft(origin, report))
  })
  const [counts, kinds] = [tally.counts(), tally.kinds()]
  const report = { counts, kinds, ...tally.take() }
  // What was disposed of does not stay by way of the archive that carries it.
  await index(report, counts.disposed > 0 ? 'let-go' : 'closed')
  if (store !== undefined) await removeStaleFiles(ledger, log, store)
  await appendOne(ledger, log, receivedDraft(origin, 'import', report))
  return { dryRun: false, resumedAfter, counts, kinds }
}

/** True where the archive is kept: put into the store now, or by an earlier run that was broken off. */
async function keepArchive(run: Run, origin: Origin, store: FileStore): Promise<boolean> {
  const { ledger, log, request } = run
  if (await isNoted(ledger, log, origin.delivery)) return true
  const { size } = await stat(request.file)
  await keepFile(ledger, log, origin, store, {
    pieces: createReadStream(request.file) as AsyncIterable<Uint8Array>,
    size,
  })
  return true
}

async function* skipped(items: AsyncIterable<Translated>, count: number): AsyncGenerator<Translated> {
  let left = count
  for await (const item of items) {
    if (left > 0) left -= 1
    else yield item
  }
}

export async function finished(run: Run, origin: Origin): Promise<Outcome> {
  const { ledger, log, request } = run
  const outcome = await taken(run, origin)
  const end = { type: 'import.finished', counts: outcome.counts, kinds: outcome.kinds } as const
  await appendOne(
    ledger,
    log,
    endedDraft(origin.delivery, origin.channel, request.actor, end, ledger.clock.now()),
  )
  return outcome
}
