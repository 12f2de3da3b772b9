import { asObject, asText } from './lossless.ts'
import { type Change, eachChange, isMetaSigned, metaChallenge, whenOf } from './meta.ts'
import { messaging } from './meta-messaging.ts'
import {
  accept,
  aliasOf,
  defined,
  detailOf,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'

const mapper = 'instagram-webhook/v1'

/** Instagram: comments, mentions, private messages. It tells of no edit and no removal of a comment. */
export const instagramWebhook: WebhookSource = {
  platform: 'instagram',
  mapper,
  challenge: metaChallenge,
  verify: isMetaSigned,
  translate: (body, receivedAt) =>
    eachChange({ object: 'instagram', mapper }, body, receivedAt, change, messaging),
}

function* change(it: Change): Iterable<Translated> {
  if (it.field === 'comments' || it.field === 'live_comments') yield comment(it)
  else if (it.field === 'mentions') yield mention(it)
  else yield unrecognised(it.field, it.raw, 'field is not known')
}

function comment(it: Change): Translated {
  const { id, text, parent_id: parentId, from, media, created_time: created, ...rest } = it.value
  const objectId = asText(id)
  if (objectId === undefined) return unrecognised(it.field, it.raw, 'no object id')
  const { id: platformId, username, ...person } = asObject(from) ?? {}
  const { id: mediaId, ...medium } = asObject(media) ?? {}
  const handle = asText(username)
  const parent = asText(parentId)
  const post = asText(mediaId)
  // Meta's example has no time in a comment; when it was sent is the nearest.
  const when = whenOf(it, created)
  const author = defined({ platformId: asText(platformId), handle })
  return accept(
    defined({
      objectId,
      verb: parent === undefined ? 'commented' : 'replied',
      occurredAt: when.occurredAt,
      precision: when.precision,
      basis: when.basis,
      persons: Object.keys(author).length === 0 ? [] : [{ role: 'author' as const, ...author }],
      text: asText(text),
      inReplyTo: parent ?? post,
      thread: post,
      native: defined({
        kind: it.field,
        time: when.native,
        mapper,
        detail: detailOf({ ...rest, from: some(person), media: some(medium) }),
      }),
    }),
    it.raw,
    aliasOf(handle, when.occurredAt, asText(text)),
  )
}

function some<T extends object>(object: T): T | undefined {
  return Object.keys(object).length === 0 ? undefined : object
}

/** A mention carries ids alone: who and what has to be fetched. */
function mention(it: Change): Translated {
  const { media_id: mediaId, comment_id: commentId, ...rest } = it.value
  const post = asText(mediaId)
  const comment = asText(commentId)
  const objectId = comment ?? post
  if (objectId === undefined) return unrecognised(it.field, it.raw, 'no object id')
  const when = whenOf(it, undefined)
  return accept(
    defined({
      objectId,
      verb: 'mentioned',
      occurredAt: when.occurredAt,
      precision: when.precision,
      basis: when.basis,
      persons: it.owner === undefined ? [] : [{ role: 'mentioned' as const, platformId: it.owner }],
      inReplyTo: comment === undefined ? undefined : post,
      thread: post,
      native: defined({ kind: it.field, time: when.native, mapper, detail: detailOf(rest) }),
    }),
    it.raw,
  )
}
