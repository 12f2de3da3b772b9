import type { Attachment, Person } from '../events/interaction.ts'
import { detailText } from './detail.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { type Candidate, defined } from './source.ts'
import { distinct, personOf } from './x-person.ts'
import { clientName, languageTag, repairedText, xId } from './x-text.ts'
import { postTime } from './x-time.ts'

/** What the route knows of a tweet besides the tweet. */
export type TweetContext = {
  /** X's own word for the event or file. */
  readonly kind: string
  readonly mapper: string
  /** Where the tweet does not name its author: an archive's tweets are the account's own. */
  readonly author?: Person | undefined
  readonly visibility?: 'public' | 'followers' | undefined
}

/** A tweet of the v1.1 shape, as the archive and the Account Activity API have it. Undefined without an id and a time. */
export function fromTweet(tweet: JsonObject, context: TweetContext): Candidate | undefined {
  const id = xId(tweet['id_str'], tweet['id'])
  const time = postTime(tweet['created_at'])
  if (id === undefined || time === undefined) return undefined
  const extended = asObject(tweet['extended_tweet'])
  const entities = asObject(extended?.['entities']) ?? asObject(tweet['entities'])
  const text = extended?.['full_text'] ?? tweet['full_text'] ?? tweet['text']
  const history = editHistory(tweet)
  const answered = xId(tweet['in_reply_to_status_id_str'], tweet['in_reply_to_status_id'])
  const copied = copiedBy(tweet, asText(text), entities)
  const user = asObject(tweet['user'])
  return defined({
    ...act(id, history, copied?.verb ?? (answered === undefined ? 'published' : 'replied')),
    ...time,
    persons: distinct([
      personOf('author', user) ?? context.author,
      copied?.person,
      ...asList(entities?.['user_mentions']).map((mention) => personOf('mentioned', mention)),
      answeredPerson(tweet),
    ]),
    ...repairedText(text),
    language: languageTag(tweet['lang']),
    links: some(asList(entities?.['urls']).map((url) => urlOf(url))),
    hashtags: some(asList(entities?.['hashtags']).map((tag) => asText(asObject(tag)?.['text']))),
    attachments: attachmentsOf(extended, tweet),
    inReplyTo: answered,
    derivedFrom: copied?.id,
    visibility: context.visibility ?? visibilityOf(user),
    client: clientName(tweet['source']),
    native: defined({
      kind: context.kind,
      time: asText(tweet['created_at']),
      mapper: context.mapper,
      detail: detailText({
        ...restOf(tweet),
        editHistory: history.length > 1 ? history : undefined,
        coordinates: tweet['coordinates'] ?? tweet['geo'],
        place: tweet['place'],
        possiblySensitive: tweet['possibly_sensitive'] === true ? true : undefined,
        withheld: tweet['withheld_in_countries'],
        community: xId(tweet['community_id_str'], tweet['community_id']),
      }),
    }),
  })
}

/** What a field holds, what is said otherwise, and counts, which change without anybody editing. */
const held =
  /^(id|id_str|created_at|timestamp_ms|text|full_text|extended_tweet|entities|extended_entities|source|user|lang|in_reply_to_.*|retweeted_status|quoted_status.*|is_quote_status|edit_info|edit_history|edit_controls|truncated|display_text_range|(favorite|retweet|reply|quote|view)_count|favorited|retweeted|possibly_sensitive|withheld_in_countries|community_id.*|coordinates|geo|place|filter_level|deleted_at|matching_rules)$/

/** Fields that no mapper of ours knows: kept, since nothing is dropped. */
function restOf(tweet: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(tweet).filter(([key]) => !held.test(key)))
}

/** On X an edit is a tweet with an id of its own: here it belongs to the stream of the first. */
export function act(id: string, history: readonly string[], verb: Candidate['verb']) {
  const first = history[0]
  return first === undefined || first === id || !history.includes(id)
    ? { objectId: id, verb }
    : { objectId: first, actId: id, verb: 'edited' as const, basis: 'edited' as const }
}

/** All ids of a tweet, the first version's first. */
export function editHistory(tweet: JsonObject): readonly string[] {
  const info = asObject(tweet['edit_info'])
  const initial = asObject(info?.['initial']) ?? asObject(asObject(info?.['edit'])?.['editControlInitial'])
  const ids = asList(initial?.['editTweetIds'] ?? asObject(tweet['edit_history'])?.['edit_tweet_ids'])
  return ids.map((id) => xId(id)).filter((id) => id !== undefined)
}

type Copied = {
  readonly verb?: 'shared'
  readonly id?: string | undefined
  readonly person?: Person | undefined
}

/** What a tweet repeats: a retweet is an act of its own (`shared`), a quote is a tweet that points. */
function copiedBy(
  tweet: JsonObject,
  text: string | undefined,
  entities: JsonObject | undefined,
): Copied | undefined {
  const retweeted = asObject(tweet['retweeted_status'])
  if (retweeted !== undefined)
    return {
      verb: 'shared',
      id: xId(retweeted['id_str'], retweeted['id']),
      person: personOf('quoted', retweeted['user']),
    }
  const retweet = /^RT @(\w{1,20}):? /.exec(text ?? '')?.[1]?.toLowerCase()
  const named = asList(entities?.['user_mentions']).find(
    (mention) => asText(asObject(mention)?.['screen_name'])?.toLowerCase() === retweet,
  )
  // An archive says no more of a retweet than its text; the original's id stands at its media, if it has any.
  if (retweet !== undefined && named !== undefined)
    return {
      verb: 'shared',
      id: mediaOf(undefined, tweet).map(sourceId).find(Boolean),
      person: personOf('quoted', named),
    }
  const quoted = asObject(tweet['quoted_status'])
  const id = xId(tweet['quoted_status_id_str'], tweet['quoted_status_id'], quoted?.['id_str'], quoted?.['id'])
  if (id !== undefined) return { id, person: personOf('quoted', quoted?.['user']) }
  return quotedByLink(asList(entities?.['urls']).at(-1))
}

/** X shows a tweet whose last link is another tweet's address as a quote; archives keep nothing else of it. */
function quotedByLink(url: Json | undefined): Copied | undefined {
  const address = asText(asObject(url)?.['expanded_url'])
  const match =
    /^https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/(\w+)(?:\/web)?\/status(?:es)?\/(\d{1,20})(?:[/?#]|$)/.exec(
      address ?? '',
    )
  if (match === null) return undefined
  return {
    id: match[2],
    person: match[1] === 'i' ? undefined : personOf('quoted', { screen_name: match[1] ?? '' }),
  }
}

function sourceId(media: JsonObject): string | undefined {
  return xId(media['source_status_id_str'], media['source_status_id'])
}

function answeredPerson(tweet: JsonObject): Person | undefined {
  return personOf('target', {
    id_str: tweet['in_reply_to_user_id_str'] ?? tweet['in_reply_to_user_id'] ?? null,
    screen_name: tweet['in_reply_to_screen_name'] ?? null,
  })
}

function visibilityOf(user: JsonObject | undefined): 'public' | 'followers' | undefined {
  if (typeof user?.['protected'] !== 'boolean') return undefined
  return user['protected'] ? 'followers' : 'public'
}

function urlOf(value: Json): string | undefined {
  const url = asObject(value)
  return asText(url?.['unwound_url']) ?? asText(url?.['expanded_url']) ?? asText(url?.['url'])
}

export function linksOf(entities: JsonObject | undefined): string[] | undefined {
  return some(asList(entities?.['urls']).map((url) => urlOf(url)))
}

function mediaOf(extended: JsonObject | undefined, tweet: JsonObject): JsonObject[] {
  const holders = [
    extended?.['extended_entities'],
    extended?.['entities'],
    tweet['extended_entities'],
    tweet['entities'],
  ]
  const lists = holders.map((holder) => asList(asObject(holder)?.['media']))
  return (lists.find((list) => list.length > 0) ?? [])
    .map((item) => asObject(item))
    .filter((item) => item !== undefined)
}

function attachmentsOf(extended: JsonObject | undefined, tweet: JsonObject): Attachment[] | undefined {
  return some(mediaOf(extended, tweet).map((media) => attachmentOf(media)))
}

/** A film by its best variant, else the picture. Serves v1.1 and v2 media objects. */
export function attachmentOf(media: JsonObject): Attachment | undefined {
  const variants = asList(asObject(media['video_info'])?.['variants'] ?? media['variants']).map((item) =>
    asObject(item),
  )
  const rate = (variant: JsonObject | undefined) =>
    Number(asText(variant?.['bitrate']) ?? asText(variant?.['bit_rate']) ?? -1)
  const best = variants.sort((a, b) => rate(b) - rate(a))[0]
  const url =
    asText(best?.['url']) ??
    asText(media['media_url_https']) ??
    asText(media['media_url']) ??
    asText(media['url']) ??
    asText(media['preview_image_url'])
  if (url === undefined) return undefined
  return defined({
    url,
    mediaType: asText(best?.['content_type']),
    description: asText(media['ext_alt_text']) ?? asText(media['alt_text']),
  })
}

/** A list without its gaps; an empty one is left out. */
export function some<T>(items: readonly (T | undefined)[]): T[] | undefined {
  const kept = items.filter((item) => item !== undefined)
  return kept.length === 0 ? undefined : kept
}
