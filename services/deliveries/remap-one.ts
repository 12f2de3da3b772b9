import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { findIds } from '../ledger/find.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { type OpenParts, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { Translated } from '../sources/source.ts'
import { openDownload } from './archive.ts'
import { type Channel, ownAccountOf } from './channel.ts'
import { interactionOf, type Origin } from './drafts.ts'
import { recognisedDraft, remappedDraft } from './events.ts'
import type { FileStore } from './file-store.ts'
import { translatedBody } from './hooks.ts'
import { ingest, preview } from './ingest.ts'
import type { Intake } from './intake.ts'
import { indexDelivery, openDelivery } from './keep.ts'
import { newKinship, noteOwn } from './relations.ts'
import type { Remappable } from './remap-candidates.ts'
import { type Counts, newTally } from './tally.ts'
import { unrecognisedOf } from './unrecognised.ts'
import { storeUpload } from './uploads.ts'

export type Remapping = {
  readonly ledger: Ledger
  readonly log: Log
  readonly store: FileStore | undefined
  readonly dryRun: boolean
  readonly open: OpenParts
  readonly signal: AbortSignal | undefined
}

export type Remapped = {
  readonly counts: Counts
  readonly kinds: Readonly<Record<string, number>>
  /** Items that were unrecognised and are not any more. */
  readonly recognised: number
}

/** A delivery's items by the newer mapper, to be read as often as need be. */
type Reread = {
  readonly digest: string
  readonly account: ReturnType<typeof ownAccountOf>
  readonly items: () => Iterable<Translated> | AsyncIterable<Translated>
  readonly close: () => Promise<void>
}

/**
 * Reads a kept delivery by a newer mapper. Undefined where its key has gone meanwhile. *If the process dies here*, it is read again:
 * what was taken in is found, and the event that says it is done comes last.
 */
export async function remapOne(
  run: Remapping,
  channel: Channel,
  it: Remappable,
): Promise<Remapped | undefined> {
  const { ledger, log } = run
  const start = await startOf(run, it.kept.id)
  const read = await reread(run, channel, it, start)
  if (read === undefined) return undefined
  try {
    const origin: Origin = {
      channel: channel.id,
      platform: channel.platform,
      delivery: it.kept.id,
      mapper: it.source.mapper,
      digest: read.digest,
      receivedAt: start.receivedAt,
    }
    const still: string[] = []
    const tally = newTally()
    const intake: Intake = {
      ledger,
      log,
      channel,
      account: read.account,
      origin,
      tally,
      kinship: newKinship(),
      patient: true,
      remap: true,
      onUnrecognised: (object) => still.push(object),
    }
    // What own records others' will be judged by has to be known before the first of them, as in an import.
    for await (const item of watched(read.items(), run.signal)) {
      const interaction = item.kind === 'interaction' ? interactionOf(item.interaction, origin) : undefined
      if (interaction !== undefined) noteOwn(intake.kinship, interaction, read.account)
    }
    const before = await unrecognisedOf(ledger, log, it.kept.id)
    await (run.dryRun ? preview : ingest)(intake, watched(read.items(), run.signal))
    const stays = new Set((await findIds(ledger, log, { objects: still })).objects)
    const recognised = before.filter((id) => !stays.has(id))
    const report = { counts: tally.counts(), kinds: tally.kinds(), ...tally.take() }
    if (!run.dryRun) {
      const end = report.counts.disposed > 0 ? 'let-go' : undefined
      await indexDelivery(ledger, log, it.kept.id, [report.brought, report.corroborated], end)
      const now = ledger.clock.now()
      const writer = ledger.writer(log)
      for (let at = 0; at < recognised.length; at += 500)
        await writer.append(recognised.slice(at, at + 500).map((id) => recognisedDraft(origin, id, now)))
      await writer.append([remappedDraft(origin, it.kept, report, recognised.length, now)])
    }
    return { counts: report.counts, kinds: report.kinds, recognised: recognised.length }
  } finally {
    await read.close()
  }
}

async function* watched(
  items: Iterable<Translated> | AsyncIterable<Translated>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Translated> {
  for await (const item of items) {
    if (signal?.aborted === true)
      throw new DomainError('state-conflict', 'Reading again was broken off. The next call goes on.')
    yield item
  }
}

type Start = { readonly receivedAt: string; readonly position: string; readonly format: string | undefined }

/** When a delivery came: by that its items without a time were dated, and are again. */
async function startOf({ ledger, log }: Remapping, id: string): Promise<Start> {
  const [first] = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ position: string; at: Date; format: string | null }>(
      `select position, recorded_at as at, header::jsonb -> 'data' ->> 'format' as format from ledger.event
        where controller_id = $1 and stream_id = $2 order by position limit 1`,
      [log.controller, id],
    )
    return rows
  })
  if (first === undefined) throw new DomainError('integrity-failed', `Delivery ${id} has no event.`)
  return { receivedAt: first.at.toISOString(), position: first.position, format: first.format ?? undefined }
}

async function reread(
  run: Remapping,
  channel: Channel,
  it: Remappable,
  start: Start,
): Promise<Reread | undefined> {
  const { ledger, log, store } = run
  const bytes = await openDelivery(ledger, log, it.kept.id, store)
  if (bytes === undefined) return undefined
  if (it.route === 'hook') {
    const body = Buffer.concat(await Array.fromAsync(bytes))
    return {
      digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
      account: ownAccountOf(channel),
      items: () => translatedBody(it.source, body, start.receivedAt),
      close: async () => {},
    }
  }
  const upload = await storeUpload(Readable.from(bytes), Number.MAX_SAFE_INTEGER)
  if (upload === undefined) return undefined
  try {
    const download = await openDownload(upload.file, {
      name: await fileNameOf(run, start.position),
      platforms: start.format === undefined ? [channel.platform, undefined] : [start.format],
      readAt: start.receivedAt,
      sources: [it.source],
    })
    return {
      digest: `sha256:${upload.sha256}`,
      account: ownAccountOf(channel, download.account ?? {}),
      items: download.items,
      close: async () => {
        download.close()
        await upload.remove()
      },
    }
  } catch (error) {
    await upload.remove()
    throw error
  }
}

async function fileNameOf({ ledger, log, open }: Remapping, position: string): Promise<string> {
  const parts = await reading(ledger, log, (tx) => open(tx, [position]))
  const name = parts.find(({ role }) => role === 'delivery')?.content?.['fileName']
  return typeof name === 'string' ? name : 'upload'
}
