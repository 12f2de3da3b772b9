import { htmlRepair, htmlToText } from './html-text.ts'
import { asList, asObject, asText, type Json, type JsonObject, parseObject } from './lossless.ts'
import { hubSignature, isSigned } from './signature.ts'
import {
  accept,
  aliasOf,
  defined,
  detailOf,
  nativeWord,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'
import { fromIso } from './time.ts'

const mapper = 'youtube-comments/v1'

/**
 * YouTube has no webhook for comments: a poller pushes what `commentThreads.list` or `comments.list` answered, signed like
 * WebSub. A comment that was edited is told as its publication and its latest edit; counters change at each poll and are left out.
 */
export const youtubeWebhook: WebhookSource = {
  platform: 'youtube',
  mapper,
  verify: (delivery, secrets) => isSigned(hubSignature, delivery, secrets),
  translate: (body, receivedAt) => resource(parseObject(body, `${mapper} body`), receivedAt),
}

function* resource(item: Json, receivedAt: string): Iterable<Translated> {
  const object = asObject(item)
  const kind = nativeWord(object?.['kind'])
  if (object === undefined) yield unrecognised(kind, item, 'not an object')
  else if (/^youtube#comment(Thread)?ListResponse$/.test(kind) && Array.isArray(object['items'])) {
    for (const each of asList(object['items'])) {
      // A list in a list would be no answer of YouTube's, and could nest without end.
      const inner = nativeWord(asObject(each)?.['kind'])
      if (inner.endsWith('ListResponse')) yield unrecognised(inner, each, 'a list in a list')
      else yield* resource(each, receivedAt)
    }
  } else if (kind === 'youtube#commentThread') yield* thread(object, receivedAt)
  else if (kind === 'youtube#comment') yield* comment(object, receivedAt, {})
  else yield unrecognised(kind, item, 'kind is not known')
}

type Place = { readonly parent?: string | undefined; readonly video?: string | undefined }

function* thread(item: JsonObject, receivedAt: string): Iterable<Translated> {
  const snippet = asObject(item['snippet'])
  const top = asObject(snippet?.['topLevelComment'])
  if (top === undefined) return yield unrecognised('youtube#commentThread', item, 'no comment in it')
  const video = asText(snippet?.['videoId'])
  yield* comment(top, receivedAt, { video })
  for (const each of asList(asObject(item['replies'])?.['comments'])) {
    const reply = asObject(each)
    if (reply === undefined) yield unrecognised('youtube#comment', each, 'not an object')
    else yield* comment(reply, receivedAt, { video, parent: asText(item['id']) })
  }
}

/** What the channel's owner does not show: waiting, taken for spam, refused. */
const withheld = new Set(['heldForReview', 'likelySpam', 'rejected'])

function* comment(item: JsonObject, receivedAt: string, place: Place): Iterable<Translated> {
  const snippet = asObject(item['snippet'])
  const objectId = asText(item['id'])
  if (snippet === undefined || objectId === undefined) {
    return yield unrecognised('youtube#comment', item, 'no snippet or no id')
  }
  const parent = asText(snippet['parentId']) ?? place.parent
  const video = asText(snippet['videoId']) ?? place.video
  const said = textOf(snippet)
  const author = authorOf(snippet)
  const native = asText(snippet['publishedAt'])
  const time = fromIso(native)
  const isReply = parent !== undefined
  const shared = defined({
    objectId,
    persons: author === undefined ? [] : [{ role: 'author' as const, ...author }],
    ...said,
    inReplyTo: parent ?? video,
    thread: video,
  })
  yield accept(
    defined({
      ...shared,
      verb: isReply ? 'replied' : 'commented',
      occurredAt: time?.occurredAt ?? receivedAt,
      precision: time?.precision,
      basis: time === undefined ? ('observed' as const) : undefined,
      native: defined({
        kind: 'youtube#comment',
        time: native,
        mapper,
        detail: detailOf({ channelId: snippet['channelId'] }),
      }),
    }),
    item,
    time === undefined ? undefined : aliasOf(author?.platformId, time.occurredAt, said.text),
  )
  const updated = asText(snippet['updatedAt'])
  const edited = fromIso(updated)
  if (edited !== undefined && updated !== native) {
    yield accept(
      defined({
        ...shared,
        verb: 'edited',
        ...edited,
        basis: 'edited' as const,
        native: { kind: 'youtube#comment/updated', time: updated, mapper },
      }),
      item,
    )
  }
  const status = asText(snippet['moderationStatus'])
  if (status === undefined || !withheld.has(status)) return
  yield accept(
    {
      objectId,
      // The same state seen by each poll is one fact; a state after an edit is another.
      actId: `~${status}/${updated ?? native ?? ''}`,
      verb: 'hidden',
      occurredAt: receivedAt,
      basis: 'observed',
      persons: shared.persons,
      native: { kind: `youtube#comment/${status}`, mapper },
    },
    item,
  )
}

function textOf(snippet: JsonObject): { text?: string; rawText?: string; repair?: string } {
  const original = asText(snippet['textOriginal'])
  const shown = asText(snippet['textDisplay'])
  if (original !== undefined || shown === undefined) return defined({ text: original })
  // Only its author gets the text as written; others get HTML.
  const { text } = htmlToText(shown)
  return text === shown || text === '' ? { text: shown } : { text, rawText: shown, repair: htmlRepair }
}

function authorOf(snippet: JsonObject) {
  const name = asText(snippet['authorDisplayName'])
  const platformId = asText(asObject(snippet['authorChannelId'])?.['value'])
  const profileUrl = asText(snippet['authorChannelUrl'])
  if (name === undefined && platformId === undefined) return undefined
  const handle = name?.startsWith('@') === true ? name.slice(1) : undefined
  return defined({ platformId, displayName: name, handle: handle === '' ? undefined : handle, profileUrl })
}
