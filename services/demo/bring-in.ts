import { Interaction } from '../events/interaction.ts'
import { draftOf } from '../interactions/draft.ts'
import type { Draft } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { facebookWebhook } from '../sources/facebook-webhook.ts'
import type { Account, ArchiveSource, Translated } from '../sources/source.ts'
import { wordPressWxr } from '../sources/wordpress-wxr.ts'
import { xArchive } from '../sources/x-archive.ts'
import { blogExport } from './blog.ts'
import type { DemoChannels } from './declared.ts'
import { facebookDeliveries } from './facebook.ts'
import { directorArchive, municipalArchive, type XArchive } from './x.ts'

export type BroughtIn = {
  readonly name: string
  readonly recorded: number
  readonly repeated: number
  readonly disposed: number
}

const observedAt = '2026-11-06T08:00:00Z'

async function* facebook(): AsyncGenerator<Translated> {
  for (const body of facebookDeliveries()) yield* facebookWebhook.translate(body, observedAt)
}

async function* archive(
  source: ArchiveSource,
  files: Readonly<Record<string, Buffer>>,
  account?: Account,
): AsyncGenerator<Translated> {
  for (const [path, content] of Object.entries(files)) {
    yield* source.translate({ path, bytes: once(content), observedAt }, account)
  }
}

async function* once(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content
}

const x = ({ files, account }: XArchive) => archive(xArchive, files, account)

/** Brings in what the platforms sent and what was downloaded from them, through the same translators as everybody's. */
export async function bringIn(
  ledger: Ledger,
  board: Log,
  committee: Log,
  channels: DemoChannels,
): Promise<BroughtIn[]> {
  const tally: BroughtIn[] = []
  const one = async (
    name: string,
    log: Log,
    channel: string,
    platform: string,
    items: AsyncIterable<Translated>,
  ) => {
    tally.push({ name, ...(await record(ledger, log, channel, platform, items)) })
  }
  await one('Facebook (webhook)', board, channels.facebook, 'facebook', facebook())
  await one('X, kommunen (arkiv)', board, channels.x, 'x', x(municipalArchive()))
  await one('X, kommundirektören (arkiv)', board, channels.director, 'x', x(directorArchive()))
  await one(
    'Bloggen (WXR)',
    committee,
    channels.blog,
    'wordpress',
    archive(wordPressWxr, { 'blogg.xml': blogExport() }),
  )
  return tally
}

async function record(
  ledger: Ledger,
  log: Log,
  channel: string,
  platform: string,
  items: AsyncIterable<Translated>,
) {
  const counts = { recorded: 0, repeated: 0, disposed: 0 }
  let drafts: Draft[] = []
  const flush = async () => {
    for (const { kind } of await ledger.writer(log).append(drafts)) {
      if (kind === 'stored') counts.recorded += 1
      if (kind === 'duplicate') counts.repeated += 1
      if (kind === 'already-disposed') counts.disposed += 1
    }
    drafts = []
  }
  for await (const item of items) {
    if (item.kind !== 'interaction') continue
    const interaction = Interaction.parse({ ...item.interaction, channel })
    drafts.push(
      draftOf(interaction, { platform, ...(item.alias === undefined ? {} : { alias: item.alias }) }),
    )
    if (drafts.length === 500) await flush()
  }
  await flush()
  return counts
}
