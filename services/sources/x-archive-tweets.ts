import type { Person } from '../events/interaction.ts'
import { asObject, type Json } from './lossless.ts'
import { accept, defined, type Translated, unrecognised } from './source.ts'
import { removal, type Saying } from './x-acts.ts'
import type { Item } from './x-archive-read.ts'
import { xId } from './x-text.ts'
import { idTime, postTime } from './x-time.ts'
import { editHistory, fromTweet } from './x-tweet.ts'

export type TweetFile = {
  readonly author: Person | undefined
  readonly visibility: 'followers' | undefined
  readonly isDeleted: boolean
}

/**
 * The tweets of a file. A deleted one is two facts: that it was written, and that it was removed. An edit that only the first
 * version tells of (its own tweet is not in the file) is a fact without text.
 */
export async function* archivedTweets(
  items: AsyncIterable<Item>,
  file: TweetFile,
  saying: Saying,
): AsyncGenerator<Translated> {
  const toldOf = new Map<string, string>()
  const seen = new Set<string>()
  for await (const item of items) {
    if ('head' in item) {
      yield unrecognised(saying.kind, item.head, item.reason)
      continue
    }
    const tweet = asObject(asObject(item.value)?.['tweet']) ?? asObject(item.value)
    const found =
      tweet === undefined
        ? undefined
        : fromTweet(tweet, { ...file, kind: saying.kind, mapper: saying.mapper })
    if (tweet === undefined || found === undefined) {
      yield unrecognised(saying.kind, item.value, 'no id or no time')
      continue
    }
    const [first, ...later] = editHistory(tweet)
    if (first !== undefined && later.length > 0) {
      seen.add(found.actId ?? found.objectId)
      for (const id of later) toldOf.set(id, first)
    }
    yield accept(found, item.value)
    if (file.isDeleted) yield deletion(found.objectId, tweet['deleted_at'], file.author, saying, item.value)
  }
  for (const [id, first] of toldOf) if (!seen.has(id)) yield unseenEdit(id, first, file, saying)
}

/** Deletions carry whole seconds, since another file of the archive tells the same ones so. */
export function deletion(
  id: string | undefined,
  deletedAt: Json | undefined,
  author: Person | undefined,
  saying: Saying,
  item: Json,
): Translated {
  if (id === undefined) return unrecognised(saying.kind, item, 'no id')
  return removal(id, author, postTime(deletedAt), deletedAt, saying, item)
}

/** The id of the later version tells when it was made. */
function unseenEdit(id: string, first: string, file: TweetFile, saying: Saying): Translated {
  const time = idTime(id)
  return accept(
    defined({
      objectId: first,
      actId: id,
      verb: 'edited' as const,
      ...(time === undefined
        ? { occurredAt: saying.seenAt, basis: 'observed' as const }
        : { ...time, basis: 'edited' as const }),
      persons: file.author === undefined ? [] : [file.author],
      visibility: file.visibility,
      native: { kind: `${saying.kind}/edit_info`, mapper: saying.mapper },
    }),
    { editTweetIds: [first, id] },
  )
}

export function headerId(item: Json): string | undefined {
  const header = asObject(asObject(item)?.['tweet']) ?? asObject(item)
  return xId(header?.['tweet_id'], header?.['tweetId'])
}
