import { DomainError } from '../platform/errors.ts'
import { detailText } from './detail.ts'
import {
  asList,
  asObject,
  asText,
  decodeUtf8,
  type Json,
  type JsonObject,
  parseLossless,
} from './lossless.ts'
import { objectIdOf, personOfAccount, personOfAdminAccount } from './mastodon-entities.ts'
import { at, nativeOf, type Route, translateStatus, webhookMapper } from './mastodon-status.ts'
import { hubSignature, isSigned } from './signature.ts'
import {
  accept,
  type Candidate,
  defined,
  madeId,
  nativeWord,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'

/** The instance administrator's webhook, and what a poller or the streaming API hands on: statuses and notifications, one or many. */
export const mastodonWebhook: WebhookSource = {
  platform: 'mastodon',
  mapper: webhookMapper,
  verify: (delivery, secrets) => isSigned(hubSignature, delivery, secrets),
  *translate(body, receivedAt) {
    const where = 'mastodon-webhook body'
    const value = parseLossless(decodeUtf8(body, where), where)
    const list = Array.isArray(value) ? (value as readonly Json[]) : [value]
    for (const item of list) {
      const object = asObject(item)
      if (object !== undefined) yield* translateItem(object, receivedAt)
      else if (Array.isArray(value)) yield unrecognised('?', item, 'not an object')
      else throw new DomainError('source-malformed', `${where}: neither a JSON object nor a list of them`)
    }
  },
}

function* translateItem(item: JsonObject, receivedAt: string): Iterable<Translated> {
  const event = asText(item['event'])
  if (event !== undefined) return yield* translateEvent(event, item, receivedAt)
  if (item['type'] !== undefined && item['account'] !== undefined && item['content'] === undefined) {
    return yield* translateNotification(item, receivedAt)
  }
  if (item['account'] !== undefined && item['created_at'] !== undefined) {
    return yield* translateStatus(item, { kind: 'status', receivedAt })
  }
  yield unrecognised(nativeWord(item['type']), item, 'neither an event nor a status')
}

function* translateEvent(event: string, item: JsonObject, receivedAt: string): Iterable<Translated> {
  const route = { kind: nativeWord(event), saidAt: asText(item['created_at']), receivedAt }
  const object = asObject(item['object']) ?? streamed(item['payload'])
  if (event === 'delete') return yield removed(item, route)
  if (object === undefined) yield unrecognised(route.kind, item, 'event without an object')
  else if (event === 'notification') yield* translateNotification(object, receivedAt)
  else if (event.startsWith('status.')) yield* translateStatus(object, route)
  else if (event === 'update') yield* translateStatus(object, { ...route, kind: 'stream/new' })
  else if (event.startsWith('account.')) yield account(object, item, route)
  else if (event.startsWith('report.')) yield report(object, item, route)
  else yield unrecognised(route.kind, item, 'event that is not known')
}

/** The streaming API puts the entity into the event as text. */
function streamed(payload: Json | undefined): JsonObject | undefined {
  const text = asText(payload)
  if (text === undefined || !text.startsWith('{')) return asObject(payload)
  try {
    return asObject(parseLossless(text, 'payload'))
  } catch {
    return undefined
  }
}

/** Only the number is told, neither the address nor a time. */
function removed(item: JsonObject, route: Route): Translated {
  const objectId = asText(item['payload'])
  if (objectId === undefined) return unrecognised(route.kind, item, 'removal of nothing known')
  return accept(
    { objectId, verb: 'removed', ...at(undefined, route), native: nativeOf(route, undefined, undefined) },
    item,
  )
}

function account(object: JsonObject, item: JsonObject, route: Route): Translated {
  const subject = personOfAdminAccount('subject', object)
  const objectId = subject?.platformId
  if (objectId === undefined) return unrecognised(route.kind, item, 'account without an id')
  const time = route.kind === 'account.created' ? asText(object['created_at']) : route.saidAt
  const { account: _, email: _mail, ip: _ip, ...rest } = object
  return accept(
    {
      objectId,
      verb: 'profile-changed',
      ...at(time, route),
      persons: subject === undefined ? [] : [subject],
      native: nativeOf(route, time, detailText(rest)),
    },
    item,
  )
}

function report(object: JsonObject, item: JsonObject, route: Route): Translated {
  const target = personOfAdminAccount('target', object['target_account'])
  const reporter = personOfAdminAccount('author', object['account'])
  const moderator = personOfAdminAccount('moderator', object['assigned_account'])
  const statuses = asList(object['statuses']).flatMap((it) => objectIdOf(asObject(it) ?? {}) ?? [])
  const objectId = (statuses.length === 1 ? statuses[0] : undefined) ?? target?.platformId
  if (objectId === undefined) return unrecognised(route.kind, item, 'report of nothing known')
  const time = asText(object[route.kind === 'report.created' ? 'created_at' : 'updated_at'])
  const { category, action_taken, action_taken_at, forwarded, rules } = object
  return accept(
    defined({
      objectId,
      actId: asText(object['id']),
      verb: 'reported',
      ...at(time, route),
      persons: [reporter, target, moderator].filter((person) => person !== undefined),
      text: asText(object['comment']),
      native: nativeOf(
        route,
        time,
        detailText({ category, action_taken, action_taken_at, forwarded, rules, statuses }),
      ),
    }) as Candidate,
    item,
  )
}

function* translateNotification(item: JsonObject, receivedAt: string): Iterable<Translated> {
  const type = nativeWord(item['type'])
  const status = asObject(item['status'])
  const route = { kind: `notification/${type}`, saidAt: asText(item['created_at']), receivedAt }
  const actor = personOfAccount('author', item['account'])
  if (status !== undefined && /^(?:mention|status|quote|update|quoted_update)$/.test(type)) {
    yield* translateStatus(status, { ...route, saidAt: undefined })
  } else if (type === 'favourite' && status !== undefined) {
    const target = objectIdOf(status) ?? '?'
    const objectId = madeId('reaction', target, actor?.platformId ?? '?')
    const liked = { objectId, verb: 'reacted', reaction: 'like', inReplyTo: target } as const
    yield accept(act(liked, actor, route), item, JSON.stringify(['like', objectId]))
  } else if (type === 'reblog' && status !== undefined) {
    const target = objectIdOf(status) ?? '?'
    const objectId = madeId('share', target, actor?.platformId ?? '?')
    yield accept(act({ objectId, verb: 'shared', derivedFrom: target }, actor, route), item)
  } else if (type === 'follow' || type === 'follow_request') {
    const objectId = madeId('follow', actor?.platformId ?? '?', 'own')
    yield accept(
      act(
        { objectId, verb: type === 'follow' ? 'followed' : 'unrecognised', actId: asText(item['id']) },
        actor,
        route,
      ),
      item,
    )
  } else yield unrecognised(route.kind, item, 'notification that is not known')
}

function act(core: Partial<Candidate>, actor: ReturnType<typeof personOfAccount>, route: Route): Candidate {
  return defined({
    ...core,
    ...at(route.saidAt, route),
    persons: actor === undefined ? [] : [actor],
    native: nativeOf(route, route.saidAt, undefined),
  }) as Candidate
}
