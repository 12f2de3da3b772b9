import { actorOf, attachmentsOf, firstText, restOf } from './facebook-value.ts'
import { asText, type Json } from './lossless.ts'
import { type Change, eachChange, isMetaSigned, metaChallenge, reactionId, whenOf } from './meta.ts'
import { messaging } from './meta-messaging.ts'
import {
  accept,
  aliasOf,
  type Candidate,
  defined,
  detailOf,
  madeId,
  nativeWord,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'

const mapper = 'facebook-webhook/v1'

/** Facebook Page: fields `feed` and `mention`, private messages. */
export const facebookWebhook: WebhookSource = {
  platform: 'facebook',
  mapper,
  challenge: metaChallenge,
  verify: isMetaSigned,
  translate: (body, receivedAt) =>
    eachChange({ object: 'page', mapper }, body, receivedAt, change, messaging),
}

function* change(it: Change): Iterable<Translated> {
  if (it.field === 'feed') yield* feed(it)
  else if (it.field === 'ratings') yield* ratings(it)
  else if (it.field === 'mention') yield mention(it)
  else yield unrecognised(it.field, it.raw, 'field is not known')
}

/** Reviews of the page: the review is a post, what is said and felt about it comes as in the feed. */
function* ratings(it: Change): Iterable<Translated> {
  if (it.value['item'] !== 'rating') yield* feed(it)
  else yield* content(it, 'rating', actOf(it))
}

type Act = 'add' | 'edit' | 'remove' | 'hide' | 'unhide' | 'follow'

/** Meta's words for the same acts through the generations. */
const acts: Readonly<Record<string, Act>> = {
  add: 'add',
  edit: 'edit',
  edited: 'edit',
  update: 'edit',
  remove: 'remove',
  delete: 'remove',
  hide: 'hide',
  unhide: 'unhide',
  follow: 'follow',
}
const contentItems = new Set(['album', 'comment', 'event', 'photo', 'post', 'share', 'status', 'video'])
const later = { edit: 'edited', remove: 'removed', hide: 'hidden', unhide: 'unhidden' } as const

function kindOf(it: Change): string {
  return `${it.field}/${nativeWord(it.value['item'])}/${nativeWord(it.value['verb'])}`
}

function actOf(it: Change): Act | undefined {
  const verb = asText(it.value['verb']) ?? ''
  return Object.hasOwn(acts, verb) ? acts[verb] : undefined
}

function* feed(it: Change): Iterable<Translated> {
  const item = asText(it.value['item']) ?? ''
  const act = actOf(it)
  if (act === undefined) yield unrecognised(kindOf(it), it.raw, 'verb is not known')
  else if (act === 'follow') yield follow(it)
  else if (item === 'like' || item === 'reaction') yield reaction(it, act)
  else if (!contentItems.has(item)) yield unrecognised(kindOf(it), it.raw, 'item is not known')
  else yield* content(it, item, act)
}

const ids: Readonly<Record<string, readonly string[]>> = {
  comment: ['comment_id'],
  rating: ['open_graph_story_id'],
}
const postIds = ['post_id', 'photo_id', 'video_id', 'album_id', 'event_id']

function* content(it: Change, item: string, act: Act | undefined): Iterable<Translated> {
  const { value } = it
  if (act === undefined || act === 'follow')
    return yield unrecognised(kindOf(it), it.raw, 'verb is not known')
  const objectId = firstText(value, Object.hasOwn(ids, item) ? ids[item] : postIds)
  if (objectId === undefined) {
    yield unrecognised(kindOf(it), it.raw, 'no object id')
    return
  }
  const author = actorOf(value)
  // What stands as created_time in an edit or a removal is, by generation, the object's or the act's: only the sending is sure.
  const when = whenOf(it, act === 'add' ? value['created_time'] : undefined)
  const isComment = item === 'comment'
  const post = asText(value['post_id'])
  const parent = asText(value['parent_id'])
  const isReply = isComment && parent !== undefined && !samePost(parent, post)
  const created = isComment ? (isReply ? 'replied' : 'commented') : item === 'share' ? 'shared' : 'published'
  const text = firstText(value, ['message', 'review_text'])
  const { attachments, links } = attachmentsOf(value, item)
  const base = {
    objectId,
    occurredAt: when.occurredAt,
    precision: when.precision,
    basis: when.basis,
    persons: author === undefined ? [] : [{ role: 'author' as const, ...author }],
    native: defined({ kind: kindOf(it), time: when.native, mapper, detail: detailOf(restOf(value, item)) }),
  }
  const place = isComment ? { inReplyTo: parent ?? post, thread: post } : {}
  const candidate: Candidate = defined({
    ...base,
    ...place,
    verb: act === 'add' ? created : later[act],
    // Meta gives no id to an act; several edits or hidings of one object differ by when they were sent.
    actId: act === 'add' || act === 'remove' ? undefined : actId(later[act], it.sent),
    text,
    attachments,
    links,
  })
  const alias =
    act === 'add' && when.basis === 'occurred'
      ? aliasOf(author?.displayName, when.occurredAt, text)
      : undefined
  yield accept(candidate, it.raw, alias)
  if (act === 'add' && value['is_hidden'] === true) {
    yield accept(defined({ ...base, verb: 'hidden', actId: actId('hidden', it.sent) }), it.raw)
  }
}

function actId(verb: string, sent: string | undefined): string | undefined {
  return sent === undefined ? undefined : `~${verb}/${sent}`
}

/** `PAGE_POST` and `POST` name the same post. */
function samePost(left: string, right: string | undefined): boolean {
  return (
    right !== undefined &&
    (left === right || left === right.split('_').at(-1) || left.split('_').at(-1) === right)
  )
}

function reaction(it: Change, act: Exclude<Act, 'follow'>): Translated {
  const { value } = it
  const target =
    asText(value['comment_id']) ?? asText(value['post_id']) ?? asText(value['parent_id']) ?? it.owner
  if (target === undefined || act === 'hide' || act === 'unhide') {
    return unrecognised(kindOf(it), it.raw, 'reaction to nothing known')
  }
  const actor = actorOf(value)
  const when = whenOf(it, act === 'add' ? value['created_time'] : undefined)
  const kind = value['item'] === 'like' ? 'like' : asText(value['reaction_type'])?.toLowerCase()
  return accept(
    defined({
      objectId: reactionId(target, actor?.platformId, when.native),
      // Given and taken back again and again: each time is an act of its own.
      actId: actId(act === 'add' ? 'reacted' : later[act], when.native),
      verb: act === 'add' ? 'reacted' : later[act],
      occurredAt: when.occurredAt,
      precision: when.precision,
      basis: when.basis,
      persons: actor === undefined ? [] : [{ role: 'author' as const, ...actor }],
      reaction: act === 'remove' ? undefined : kind,
      inReplyTo: target,
      thread: asText(value['post_id']),
      native: defined({
        kind: kindOf(it),
        time: when.native,
        mapper,
        detail: detailOf(restOf(value, 'reaction')),
      }),
    }),
    it.raw,
    // Two of one name may react in one second; only the page's own reactions come again in its download.
    act === 'add' && when.basis === 'occurred' && actor?.platformId === it.owner
      ? aliasOf(actor?.displayName, when.occurredAt, `~reaction/${kind}`)
      : undefined,
  )
}

function follow(it: Change): Translated {
  const actor = actorOf(it.value)
  const when = whenOf(it, it.value['created_time'])
  const follower = actor?.platformId ?? actor?.displayName
  if (actor === undefined || follower === undefined) return unrecognised(kindOf(it), it.raw, 'no follower')
  return accept(
    defined({
      objectId: madeId('follow', it.owner ?? '', follower),
      verb: 'followed',
      occurredAt: when.occurredAt,
      precision: when.precision,
      basis: when.basis,
      persons: [
        { role: 'author' as const, ...actor },
        ...(it.owner === undefined ? [] : [{ role: 'target' as const, platformId: it.owner }]),
      ],
      native: defined({
        kind: kindOf(it),
        time: when.native,
        mapper,
        detail: detailOf(restOf(it.value, 'follow')),
      }),
    }),
    it.raw,
  )
}

/** The page is named elsewhere, in a post or comment that may lack its author. */
function mention(it: Change): Translated {
  const { value } = it
  const item = asText(value['item']) ?? ''
  const act = actOf(it)
  const comment = asText(value['comment_id'])
  const post: Json | undefined = value['post_id']
  const objectId = comment ?? asText(post)
  if (objectId === undefined || (act !== 'add' && act !== 'edit' && act !== 'remove')) {
    return unrecognised(kindOf(it), it.raw, objectId === undefined ? 'no object id' : 'verb is not known')
  }
  const author = actorOf(value)
  const when = whenOf(it, act === 'add' ? value['created_time'] : undefined)
  return accept(
    defined({
      objectId,
      actId: act === 'edit' ? actId('edited', it.sent) : undefined,
      verb: act === 'add' ? 'mentioned' : later[act],
      occurredAt: when.occurredAt,
      precision: when.precision,
      basis: when.basis,
      persons: [
        ...(author === undefined ? [] : [{ role: 'author' as const, ...author }]),
        ...(it.owner === undefined ? [] : [{ role: 'mentioned' as const, platformId: it.owner }]),
      ],
      text: asText(value['message']),
      inReplyTo: comment === undefined ? undefined : (asText(value['parent_id']) ?? asText(post)),
      thread: comment === undefined ? undefined : asText(post),
      native: defined({ kind: kindOf(it), time: when.native, mapper, detail: detailOf(restOf(value, item)) }),
    }),
    it.raw,
  )
}
