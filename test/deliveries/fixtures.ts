import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openChannel, ownAccountOf } from '../../services/deliveries/channel.ts'
import { ingest } from '../../services/deliveries/ingest.ts'
import { newKinship } from '../../services/deliveries/relations.ts'
import { type Counts, newTally } from '../../services/deliveries/tally.ts'
import type { Platform } from '../../services/events/vocabulary.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { webhookSource } from '../../services/sources/list.ts'
import type { Translated } from '../../services/sources/source.ts'
import { authored } from '../support/translate.ts'
import { actor, fileOf, openedOf, zipOf } from './support.ts'

const root = join(import.meta.dirname, '../fixtures/authored')

/** Whole downloads, by the folder or file they stand in. */
export const downloads: readonly (readonly [string, Platform])[] = [
  ['x-archive', 'x'],
  ['facebook-dyi', 'facebook'],
  ['facebook-export', 'facebook'],
  ['instagram-export', 'instagram'],
  ['linkedin-export', 'linkedin'],
  ['mastodon-archive', 'mastodon'],
  ['youtube-takeout', 'youtube'],
  ['wordpress-wxr/blogg-1.2.xml', 'wordpress'],
  ['wordpress-wxr/annat-prefix-1.0.xml', 'wordpress'],
]

/** Bodies that platforms post, by the folder they stand in. */
export const postedBodies: readonly (readonly [string, Platform])[] = (
  [
    ['facebook-webhook', 'facebook'],
    ['instagram-webhook', 'instagram'],
    ['linkedin-webhook', 'linkedin'],
    ['mastodon-webhook', 'mastodon'],
    ['wordpress-webhook', 'wordpress'],
    ['x-account-activity', 'x'],
    ['youtube', 'youtube'],
  ] as const
).flatMap(([folder, platform]) =>
  readdirSync(join(root, folder))
    .sort()
    .map((name) => [`${folder}/${name}`, platform] as const),
)

export function downloadFile(path: string): string {
  if (statSync(join(root, path)).isFile()) return fileOf(authored(path), path.replace(/^.*\//, ''))
  const isNote = (name: string) => /^[A-Z]+-/.test(name)
  return fileOf(
    zipOf(join(root, path), isNote, path === 'youtube-takeout' ? 'Takeout/YouTube/' : ''),
    `${path}.zip`,
  )
}

export function translated(path: string, platform: Platform): Translated[] {
  const source = webhookSource(platform)
  if (source === undefined) throw new Error('no such source')
  return [...source.translate(authored(path), '2026-11-23T10:00:00Z')]
}

/** Takes items in as one delivery, as if a platform had posted them. */
export async function take(
  ledger: Ledger,
  log: Log,
  channelId: string,
  items: readonly Translated[],
): Promise<Counts> {
  const channel = await openChannel(ledger, log, channelId, actor)
  const tally = newTally()
  const origin = {
    channel: channel.id,
    platform: channel.platform,
    delivery: uuidv7(),
    mapper: 'prov/v1',
    receivedAt: ledger.clock.now().toISOString(),
  }
  const account = ownAccountOf(channel)
  await ingest({ ledger, log, channel, account, origin, tally, kinship: newKinship(), patient: false }, items)
  return tally.counts()
}

/**
 * What the log holds of some channels, without random ids: one line a fact, in no order that arrival decides. Which of two contents
 * of one fact came first is told apart only where `variants` is not 'merged'.
 */
export async function factsOf(
  ledger: Ledger,
  log: Log,
  channels: readonly string[],
  variants: 'told' | 'merged' = 'told',
): Promise<string[]> {
  const opened = (await openedOf(ledger, log)).filter(({ event }) => channels.includes(event.channelId ?? ''))
  const objects = new Map<string, string>()
  for (const { event, parts } of opened) {
    const content = contentOf(parts)
    if (content !== undefined) objects.set(event.streamId, String(content['objectId']))
  }
  const nameOf = (id: unknown) => (typeof id === 'string' ? (objects.get(id) ?? 'unseen') : undefined)
  return opened
    .map(({ event, parts }) => {
      const content = contentOf(parts)
      const persons = parts
        .filter((part) => part.category === 'identity')
        .map(
          (part) =>
            `${part.role}:${part.content?.['platformId'] ?? part.content?.['handle'] ?? part.content?.['displayName'] ?? ''}`,
        )
      return JSON.stringify([
        variants === 'merged' ? content?.['verb'] : event.type.replace('interaction.', ''),
        nameOf(event.streamId),
        event.occurredOn,
        event.data['basis'],
        event.capacity ?? '',
        event.data['scope'] ?? 'whole',
        { replyTo: nameOf(event.data['inReplyTo']), from: nameOf(event.data['derivedFrom']) },
        persons,
        content?.['text'] ?? content?.['reaction'] ?? '',
      ])
    })
    .sort()
}

function contentOf(parts: Awaited<ReturnType<typeof openedOf>>[number]['parts']) {
  return parts.find((part) => part.category === 'content' || part.category === 'message')?.content
}
