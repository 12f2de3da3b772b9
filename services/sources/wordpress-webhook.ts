import { DomainError } from '../platform/errors.ts'
import {
  asList,
  asObject,
  asText,
  decodeUtf8,
  type Json,
  type JsonObject,
  parseLossless,
} from './lossless.ts'
import { hubSignature, isSigned, metaSignature, type SignatureScheme } from './signature.ts'
import { defined, nativeWord, type Translated, unrecognised, type WebhookSource } from './source.ts'
import {
  commentFacts,
  postFacts,
  type Route,
  stateFact,
  userId,
  type WordPressText,
} from './wordpress-facts.ts'

const mapper = 'wordpress-webhook/v1'

/** WordPress itself sends nothing: plugins and pollers do, and sign as they please. Each is HMAC-SHA-256 over the raw body. */
const schemes: readonly SignatureScheme[] = [
  metaSignature,
  hubSignature,
  { header: 'x-wp-webhook-signature', algorithm: 'sha256', encoding: 'base64', prefix: '' },
  { header: 'x-wc-webhook-signature', algorithm: 'sha256', encoding: 'base64', prefix: '' },
]

/**
 * Objects of the REST API (`/wp/v2/comments`, `/wp/v2/posts`), one or a list, in the view or the edit context; also the answer to a
 * REST deletion, and an envelope `{ event, object }` whose event says what the object alone does not: that a comment was approved.
 */
export const wordPressWebhook: WebhookSource = {
  platform: 'wordpress',
  mapper,
  verify(delivery, secrets) {
    const scheme = schemes.find(({ header }) => delivery.headers[header] !== undefined)
    return scheme !== undefined && isSigned(scheme, delivery, secrets)
  },
  *translate(body, receivedAt) {
    const where = 'wordpress-webhook body'
    const value = parseLossless(decodeUtf8(body, where), where)
    const route = { mapper, observedAt: receivedAt }
    if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) yield* translateItem(item, route)
      return
    }
    if (asObject(value) === undefined) {
      throw new DomainError('source-malformed', `${where}: neither a JSON object nor a list of them`)
    }
    yield* translateItem(value, route)
  },
}

function* translateItem(value: Json, route: Route): Iterable<Translated> {
  const item = asObject(value)
  if (item === undefined) return yield unrecognised('?', value, 'not an object')
  const inner = asObject(item['object']) ?? asObject(item['comment']) ?? asObject(item['post'])
  const event = asText(item['event']) ?? asText(item['action'])
  const previous = asObject(item['previous'])
  if (item['deleted'] === true && previous !== undefined) yield* gone(previous, item, route)
  else if (inner !== undefined && /(?:^|[._-])(?:deleted|delete|trashed)/.test(event ?? ''))
    yield* gone(inner, item, route)
  else if (inner !== undefined && event !== undefined) {
    yield* translateItem(inner, route)
    const id = asText(inner['id'])
    if (
      isComment(inner) &&
      id !== undefined &&
      /(?:approved|approve|unspam)/.test(event) &&
      !/unapprove/.test(event)
    ) {
      yield stateFact(`comment/${id}`, 'unhidden', `comment/${nativeWord(event)}`, route, item)
    }
  } else if (isComment(item)) yield* comment(item, route)
  else if (isPost(item)) yield* post(item, route)
  else yield unrecognised(nativeWord(item['type'] ?? event), item, 'neither a comment nor a post')
}

function isComment(item: JsonObject): boolean {
  return (
    item['post'] !== undefined &&
    item['title'] === undefined &&
    (item['content'] !== undefined || item['author_name'] !== undefined)
  )
}

function isPost(item: JsonObject): boolean {
  return (
    item['id'] !== undefined &&
    (item['title'] !== undefined || item['modified_gmt'] !== undefined || item['modified'] !== undefined)
  )
}

function* gone(previous: JsonObject, item: JsonObject, route: Route): Iterable<Translated> {
  const id = asText(previous['id'])
  const kind = isComment(previous) ? 'comment' : isPost(previous) ? 'post' : undefined
  if (id === undefined || kind === undefined) yield unrecognised('deleted', item, 'removal of nothing known')
  else yield stateFact(`${kind}/${id}`, 'removed', `${kind}/deleted`, route, item)
}

const commentFields = new Set(
  'id post parent author author_name author_email author_url author_ip author_user_agent date date_gmt content status type _links'.split(
    ' ',
  ),
)

function* comment(item: JsonObject, route: Route): Iterable<Translated> {
  yield* commentFacts(
    {
      id: asText(item['id']),
      post: asText(item['post']),
      parent: asText(item['parent']),
      userId: asText(item['author']),
      author: defined({
        displayName: asText(item['author_name']),
        email: asText(item['author_email']),
        profileUrl: asText(item['author_url']),
        ip: asText(item['author_ip']),
        userAgent: asText(item['author_user_agent']),
      }),
      dates: { local: asText(item['date']), gmt: asText(item['date_gmt']) },
      content: textOf(item['content']),
      status: asText(item['status']),
      type: asText(item['type']),
      rest: restOf(item, commentFields),
    },
    route,
    item,
  )
}

const postFields = new Set(
  'id author date date_gmt modified modified_gmt title content status type source_url mime_type alt_text _links _embedded'.split(
    ' ',
  ),
)

function* post(item: JsonObject, route: Route): Iterable<Translated> {
  const embedded = asObject(item['_embedded'])
  const url = asText(item['source_url'])
  const terms = asList(embedded?.['wp:term']).flatMap((list) => asList(list))
  yield* postFacts(
    {
      id: asText(item['id']),
      author: authorOf(item, asObject(asList(embedded?.['author'])[0])),
      dates: { local: asText(item['date']), gmt: asText(item['date_gmt']) },
      modified: { local: asText(item['modified']), gmt: asText(item['modified_gmt']) },
      title: textOf(item['title']).text,
      content: textOf(item['content'] ?? item['description']),
      status: asText(item['status']),
      type: asText(item['type']),
      isProtected: asObject(item['content'])?.['protected'] === true,
      hashtags: terms
        .map(asObject)
        .flatMap((term) => (term?.['taxonomy'] === 'post_tag' ? (asText(term['name']) ?? []) : [])),
      attachments:
        url === undefined
          ? []
          : [defined({ url, mediaType: asText(item['mime_type']), description: asText(item['alt_text']) })],
      rest: restOf(item, postFields),
    },
    route,
    item,
  )
}

function authorOf(item: JsonObject, embedded: JsonObject | undefined) {
  const author = defined({
    platformId: userId(asText(item['author'])),
    handle: asText(embedded?.['slug']),
    displayName: asText(embedded?.['name']),
    profileUrl: asText(embedded?.['link']),
  })
  return Object.keys(author).length === 0 ? undefined : author
}

/** The edit context has the text as stored, the view context as rendered. */
function textOf(value: Json | undefined): WordPressText {
  const raw = asObject(value)?.['raw']
  if (typeof raw === 'string') return { text: asText(raw), form: 'stored' }
  return { text: asText(asObject(value)?.['rendered'] ?? value), form: 'rendered' }
}

function restOf(item: JsonObject, told: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(item).filter(
      ([key, value]) => !told.has(key) && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
