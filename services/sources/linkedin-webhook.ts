import type { Verb } from '../events/interaction.ts'
import { commentUrn } from './linkedin-urn.ts'
import { asList, asObject, asText, type JsonObject, parseObject } from './lossless.ts'
import { isSigned, linkedInSignature, sign } from './signature.ts'
import {
  accept,
  defined,
  detailOf,
  madeId,
  nativeWord,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'
import { fromMillis } from './time.ts'

const mapper = 'linkedin-webhook/v1'
const type = 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS'

/** LinkedIn's notifications of social actions on an organisation's posts. */
export const linkedInWebhook: WebhookSource = {
  platform: 'linkedin',
  mapper,
  challenge(query, { signing }) {
    const secret = signing.find((bytes) => bytes.length > 0)
    const challengeCode = query['challengeCode']
    if (challengeCode === undefined || secret === undefined) return undefined
    const challengeResponse = sign({ algorithm: 'sha256', encoding: 'hex' }, secret, challengeCode)
    return {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ challengeCode, challengeResponse }),
    }
  },
  verify: (delivery, secrets) => isSigned(linkedInSignature, delivery, secrets),
  translate,
}

const verbs: Readonly<Record<string, Verb>> = {
  LIKE: 'reacted',
  COMMENT: 'commented',
  ADMIN_COMMENT: 'commented',
  SHARE: 'shared',
  SHARE_MENTION: 'mentioned',
  COMMENT_EDIT: 'edited',
  COMMENT_DELETE: 'removed',
}

function* translate(body: Uint8Array, receivedAt: string): Iterable<Translated> {
  const envelope = parseObject(body, `${mapper} body`)
  if (envelope['type'] !== type || !Array.isArray(envelope['notifications'])) {
    yield unrecognised(nativeWord(envelope['type']), envelope, 'not social action notifications')
    return
  }
  for (const item of asList(envelope['notifications'])) {
    const notification = asObject(item)
    if (notification === undefined) yield unrecognised('notification', item, 'not an object')
    else yield translateOne(notification, receivedAt)
  }
}

function translateOne(item: JsonObject, receivedAt: string): Translated {
  const action = asText(item['action']) ?? ''
  const verb = Object.hasOwn(verbs, action) ? verbs[action] : undefined
  if (verb === undefined) return unrecognised(nativeWord(action), item, 'action is not known')
  const decorated = asObject(item['decoratedGeneratedActivity'])
  const [activity] = Object.values(decorated ?? {}).flatMap((each) => asObject(each) ?? []) as JsonObject[]
  const urn = asText(item['generatedActivity']) ?? asText(activity?.['entity'])
  const post = asText(item['sourcePost'])
  const actor = asText(activity?.['owner']) ?? asText(activity?.['actor']) ?? actorIn(urn)
  const id = asText(item['notificationId'])
  const objectId = objectOf(verb, urn, post, actor, id)
  if (objectId === undefined) return unrecognised(action, item, 'no object id')
  const native = asText(item['lastModifiedAt'])
  const time = fromMillis(native)
  const isComment = verb === 'commented' || verb === 'edited' || verb === 'removed'
  const parent = asText(activity?.['parentComment'])
  const organisation = asText(item['organizationalEntity'])
  const said = asText(activity?.['text']) ?? asText(activity?.['message']) ?? messageOf(activity)
  return accept(
    defined({
      objectId,
      verb: verb === 'commented' && parent !== undefined ? 'replied' : verb,
      occurredAt: time?.occurredAt ?? receivedAt,
      precision: time?.precision ?? ('second' as const),
      basis:
        time === undefined
          ? ('observed' as const)
          : verb === 'edited'
            ? ('edited' as const)
            : ('occurred' as const),
      persons: [
        ...(actor === undefined ? [] : [{ role: 'author' as const, platformId: actor }]),
        ...(verb === 'mentioned' && organisation !== undefined
          ? [{ role: 'mentioned' as const, platformId: organisation }]
          : []),
      ],
      text: verb === 'removed' ? undefined : said,
      reaction:
        verb === 'reacted' ? (asText(activity?.['reactionType'])?.toLowerCase() ?? 'like') : undefined,
      inReplyTo: isComment
        ? parent === undefined
          ? post
          : commentUrn(parent)
        : verb === 'reacted'
          ? post
          : undefined,
      thread: isComment ? post : undefined,
      derivedFrom: verb === 'shared' ? post : undefined,
      native: defined({ kind: action, time: native, mapper, detail: detailFor(item, activity) }),
    }),
    item,
  )
}

function messageOf(activity: JsonObject | undefined): string | undefined {
  return asText(asObject(activity?.['message'])?.['text'])
}

/** A comment and a share have a URN of their own; a reaction's names its actor and target, or is made of what there is. */
function objectOf(
  verb: Verb,
  urn: string | undefined,
  post: string | undefined,
  actor: string | undefined,
  notification: string | undefined,
): string | undefined {
  if (urn !== undefined && (verb !== 'reacted' || /^urn:li:(reaction|like):/.test(urn)))
    return commentUrn(urn)
  if (verb !== 'reacted' || post === undefined) return undefined
  const who = actor ?? notification
  return who === undefined ? undefined : madeId('reaction', post, who)
}

/** `urn:li:reaction:(urn:li:person:…,urn:li:activity:…)` names who reacted. */
function actorIn(urn: string | undefined): string | undefined {
  return urn === undefined ? undefined : /^urn:li:(?:reaction|like):\((urn:li:\w+:[\w-]+),/.exec(urn)?.[1]
}

/** Without the source post's text, which is an object of its own with a retention of its own. */
function detailFor(item: JsonObject, activity: JsonObject | undefined): string | undefined {
  const { notificationId, organizationalEntity, subscriber, generatedActivity } = item
  const object = activity?.['object']
  return detailOf({ notificationId, organizationalEntity, subscriber, generatedActivity, object })
}
