import { type Channel, openChannel, ownAccountOf } from '../deliveries/channel.ts'
import { interactionOf, type Origin } from '../deliveries/drafts.ts'
import { ingest } from '../deliveries/ingest.ts'
import { newKinship, noteOwn } from '../deliveries/relations.ts'
import { type Counts, newTally } from '../deliveries/tally.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { uuidv7 } from '../platform/ids.ts'
import { facebookWebhook } from '../sources/facebook-webhook.ts'
import type { Account, ArchiveSource, Translated } from '../sources/source.ts'
import { wordPressWxr } from '../sources/wordpress-wxr.ts'
import { xArchive } from '../sources/x-archive.ts'
import { blogExport } from './blog.ts'
import type { DemoChannels } from './declared.ts'
import { facebookDeliveries } from './facebook.ts'
import { directorArchive, municipalArchive, type XArchive } from './x.ts'

export type BroughtIn = { readonly name: string; readonly counts: Counts }

/** When the demo's archives were made: facts without a time of their own were observed then. */
const observedAt = '2026-11-06T08:00:00Z'

type Load = {
  readonly name: string
  readonly log: Log
  readonly channel: string
  readonly mapper: string
  readonly account?: Account
  readonly items: () => AsyncIterable<Translated>
}

/** Brings in what the platforms sent and what was downloaded from them, by the way that every delivery takes. */
export async function bringIn(
  ledger: Ledger,
  board: Log,
  committee: Log,
  channels: DemoChannels,
): Promise<BroughtIn[]> {
  const brought: BroughtIn[] = []
  for (const load of loadsOf(board, committee, channels)) brought.push(await take(ledger, load))
  return brought
}

function loadsOf(board: Log, committee: Log, channels: DemoChannels): Load[] {
  const x = (name: string, channel: string, { account, files }: XArchive): Load => ({
    name,
    log: board,
    channel,
    mapper: xArchive.mapper,
    account,
    items: () => fromFiles(xArchive, files, account),
  })
  return [
    {
      name: 'Facebook (webhook)',
      log: board,
      channel: channels.facebook,
      mapper: facebookWebhook.mapper,
      items: facebook,
    },
    x('X, kommunen (arkiv)', channels.x, municipalArchive()),
    x('X, kommundirektören (arkiv)', channels.director, directorArchive()),
    {
      name: 'Bloggen (WXR)',
      log: committee,
      channel: channels.blog,
      mapper: wordPressWxr.mapper,
      items: () => fromFiles(wordPressWxr, { 'blogg.xml': blogExport() }),
    },
  ]
}

async function take(ledger: Ledger, load: Load): Promise<BroughtIn> {
  const { name, log } = load
  const channel = await openChannel(ledger, log, load.channel, { name: 'demo' })
  const tally = newTally()
  const origin: Origin = {
    channel: channel.id,
    platform: channel.platform,
    delivery: uuidv7(),
    mapper: load.mapper,
    receivedAt: ledger.clock.now().toISOString(),
  }
  const account = ownAccountOf(channel, load.account)
  const kinship = await kinshipOf(load, channel, origin)
  await ingest({ ledger, log, channel, account, origin, tally, kinship, patient: true }, load.items())
  return { name, counts: tally.counts() }
}

/** Which records are the account's own, so that answers to them are told from strangers' talk. */
async function kinshipOf(load: Load, channel: Channel, origin: Origin) {
  const kinship = newKinship()
  for await (const item of load.items()) {
    const interaction = item.kind === 'interaction' ? interactionOf(item.interaction, origin) : undefined
    if (interaction !== undefined) noteOwn(kinship, interaction, ownAccountOf(channel, load.account))
  }
  return kinship
}

async function* facebook(): AsyncGenerator<Translated> {
  for (const body of facebookDeliveries()) yield* facebookWebhook.translate(body, observedAt)
}

async function* fromFiles(
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
