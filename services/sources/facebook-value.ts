import type { Attachment, Person } from '../events/interaction.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { defined } from './source.ts'

/** The first of the fields that says something. */
export function firstText(value: JsonObject, names: readonly string[] = []): string | undefined {
  return names.map((name) => asText(value[name])).find((text) => text !== undefined)
}

/** Who did it: `from` today, `sender_id` and `sender_name` before, `reviewer_id` for reviews, `user_id` for likes of the page itself. */
export function actorOf(value: JsonObject): Omit<Person, 'role'> | undefined {
  const from = asObject(value['from'])
  const platformId = asText(from?.['id']) ?? firstText(value, ['sender_id', 'reviewer_id', 'user_id'])
  const displayName = asText(from?.['name']) ?? firstText(value, ['sender_name', 'reviewer_name'])
  return platformId === undefined && displayName === undefined
    ? undefined
    : defined({ platformId, displayName })
}

const media: Readonly<Record<string, string>> = { photo: 'photo', video: 'video' }

/** Pictures and films are attachments; the `link` of a photo or video is the file, that of anything else leads elsewhere. */
export function attachmentsOf(
  value: JsonObject,
  item: string,
): { attachments: Attachment[] | undefined; links: string[] | undefined } {
  const isFile = Object.hasOwn(media, item)
  const urls = [
    value['photo'],
    value['video'],
    ...asList(value['photos']),
    isFile ? value['link'] : undefined,
  ]
    .map(urlOf)
    .filter((url) => url !== undefined)
  const link = isFile ? undefined : asText(value['link'])
  return {
    attachments: urls.length === 0 ? undefined : [...new Set(urls)].map((url) => ({ url })),
    links: link === undefined ? undefined : [link],
  }
}

function urlOf(value: Json | undefined): string | undefined {
  const object = asObject(value)
  return asText(object === undefined ? value : (object['url'] ?? object['link'] ?? object['src']))
}

const held = new Set([
  'from',
  'sender_id',
  'sender_name',
  'user_id',
  'item',
  'verb',
  'post_id',
  'parent_id',
  'message',
  'review_text',
  'reviewer_id',
  'reviewer_name',
  'reaction_type',
  'link',
])

/** What no field of an interaction holds. An edit's created_time is kept here too, since it is not taken for the edit's. */
export function restOf(value: JsonObject, item: string): JsonObject {
  const unread = (key: string) => asText(value[key]) === undefined && value[key] !== undefined
  const from = Object.entries(asObject(value['from']) ?? {}).filter(([key]) => key !== 'id' && key !== 'name')
  const rest = Object.entries(value).filter(([key, each]) => {
    if (key === 'created_time') return value['verb'] !== 'add' && value['verb'] !== 'follow'
    if (key === 'comment_id') return item !== 'comment' && item !== 'reaction' && each !== null
    if (key === 'open_graph_story_id') return item !== 'rating'
    if (key === 'photo' || key === 'video') return urlOf(each) === undefined
    if (key === 'photos') return !Array.isArray(each) || each.some((one) => urlOf(one) === undefined)
    if (key === 'from') return asObject(each) === undefined
    return !held.has(key) || unread(key)
  })
  return { ...Object.fromEntries(rest), ...(from.length === 0 ? {} : { from: Object.fromEntries(from) }) }
}
