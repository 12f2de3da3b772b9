import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { Translated } from '../sources/source.ts'
import { type Download, digestOf, openDownload } from './archive.ts'
import { type Channel, isSameAccount, openChannel, ownAccountOf } from './channel.ts'
import { interactionOf, type Origin } from './drafts.ts'
import { endedDraft, progressedDraft, receivedDraft, startedDraft } from './events.ts'
import { type Intake, ingest, preview } from './ingest.ts'
import { type Kinship, newKinship, noteOwn } from './relations.ts'
import { type Counts, newTally, type Tally } from './tally.ts'

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

const checkpointItems = 50_000
/** Ranges of positions that one checkpoint may hold: they are kept in memory until then. */
const checkpointRanges = 20_000

/**
 * Imports a file into a channel. It is read twice: a file that breaks in its last line, or is of another account, is refused before
 * its first item is taken. What is there already is found again, so that an import may be broken off and repeated at will.
 */
export async function importFile(ledger: Ledger, log: Log, request: ImportRequest): Promise<ImportReport> {
  const channel = await openChannel(ledger, log, request.channel, request.actor)
  const readAt = ledger.clock.now().toISOString()
  const download = await openDownload(request.file, {
    name: request.fileName,
    platforms: platformsOf(channel, request.platform),
    readAt,
  })
  try {
    const account = checkAccount(channel, download)
    const { sha256, size } = await digestOf(request.file)
    const base = { platform: channel.platform, mapper: download.source.mapper, account }
    const { total, kinship } = await checked(channel, download, request, readAt)
    const origin = {
      channel: channel.id,
      platform: channel.platform,
      mapper: download.source.mapper,
      digest: `sha256:${sha256}`,
      receivedAt: readAt,
    }
    const run = { ledger, log, channel, download, request, kinship, total }
    if (request.dryRun === true) return { ...base, ...(await tried(run, { ...origin, delivery: '' })) }
    if (request.id !== undefined) {
      return { id: request.id, ...base, ...(await finished(run, { ...origin, delivery: request.id })) }
    }
    const id = await startImport(ledger, log, { ...request, sha256, size })
    try {
      return { id, ...base, ...(await finished(run, { ...origin, delivery: id })) }
    } catch (error) {
      await noteFailure(ledger, log, { ...request, id }, error)
      throw error
    }
  } finally {
    download.close()
  }
}

type Run = {
  readonly ledger: Ledger
  readonly log: Log
  readonly channel: Channel
  readonly download: Download
  readonly request: ImportRequest
  readonly kinship: Kinship
  readonly total: number
}
type Outcome = Pick<ImportReport, 'dryRun' | 'resumedAfter' | 'counts' | 'kinds'>

const generic: ReadonlySet<string> = new Set(['cloudevents', 'activitystreams'])

function platformsOf(channel: Channel, wanted: string | undefined): (string | undefined)[] {
  if (wanted !== undefined) return [wanted]
  return channel.platform === 'other' ? [undefined] : [channel.platform, undefined]
}

function checkAccount(channel: Channel, { source, account }: Download): ImportReport['account'] {
  if (!generic.has(source.platform) && channel.platform !== 'other' && source.platform !== channel.platform) {
    throw refused(`is on ${channel.platform}, and the file is a download from ${source.platform}`)
  }
  const same = account === undefined ? undefined : isSameAccount(channel, account)
  if (same === false) throw refused('is of another account than the download')
  return same === true ? 'same' : 'unknown'
}

function refused(reason: string): DomainError {
  return new DomainError('validation-failed', `The channel ${reason}.`, {
    violations: [{ pointer: '/channel', reason }],
  })
}

/** The first pass: everything is translated and nothing kept but what own records others' will be judged by. */
async function checked(
  channel: Channel,
  download: Download,
  request: ImportRequest,
  readAt: string,
): Promise<{ total: number; kinship: Kinship }> {
  const kinship = newKinship()
  const account = ownAccountOf(channel, download.account ?? {})
  const scoped = channel.settings.some(({ setting }) => setting.controllership === 'own')
  const origin = {
    channel: channel.id,
    platform: channel.platform,
    mapper: '',
    delivery: '',
    receivedAt: readAt,
  }
  let total = 0
  for await (const item of watched(download.items(), request)) {
    total += 1
    if (total % 1000 === 0) request.onProgress?.({ phase: 'checking', done: total })
    if (!scoped || item.kind !== 'interaction') continue
    const interaction = interactionOf(item.interaction, origin)
    if (interaction !== undefined) noteOwn(kinship, interaction, account)
  }
  return { total, kinship }
}

async function* watched(
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

async function tried(run: Run, origin: Origin): Promise<Outcome> {
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
  const items = skipped(watched(run.download.items(), request), resumedAfter)
  await ingest(intakeOf(run, origin, tally), items, async () => {
    const counts = tally.counts()
    request.onProgress?.({ phase: 'importing', done: counts.read, of: total })
    if (counts.read - noted < every && tally.pending() < checkpointRanges) return
    noted = counts.read
    await appendOne(ledger, log, progressedDraft(origin, { counts, kinds: tally.kinds(), ...tally.take() }))
  })
  const [counts, kinds] = [tally.counts(), tally.kinds()]
  await appendOne(ledger, log, receivedDraft(origin, 'import', { counts, kinds, ...tally.take() }))
  return { dryRun: false, resumedAfter, counts, kinds }
}

async function* skipped(items: AsyncIterable<Translated>, count: number): AsyncGenerator<Translated> {
  let left = count
  for await (const item of items) {
    if (left > 0) left -= 1
    else yield item
  }
}

type Checkpoint = { readonly counts: Counts; readonly kinds: Readonly<Record<string, number>> }

/** Where the last run stopped; undefined where it came to its end, or read by another mapper. */
async function checkpointOf(ledger: Ledger, log: Log, origin: Origin): Promise<Checkpoint | undefined> {
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

/** Opens an import in the log: of the same file into the same channel it is always the same. Answers its id. */
export async function startImport(
  ledger: Ledger,
  log: Log,
  start: Pick<ImportRequest, 'channel' | 'actor' | 'fileName'> & {
    readonly sha256: string
    readonly size: number
  },
): Promise<string> {
  return (await appendOne(ledger, log, startedDraft(start, ledger.clock.now()))).streamId
}

async function finished(run: Run, origin: Origin): Promise<Outcome> {
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

async function appendOne(
  ledger: Ledger,
  log: Log,
  draft: ReturnType<typeof startedDraft>,
): Promise<Appended> {
  const [appended] = await ledger.writer(log).append([draft])
  if (appended?.kind === 'stored') return appended
  throw new DomainError('log-unavailable', `The log answered ${appended?.kind}. Try again.`)
}
