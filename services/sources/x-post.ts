import type { Person } from '../events/interaction.ts'
import { detailText } from './detail.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, defined, type Translated, unrecognised } from './source.ts'
import type { Saying } from './x-acts.ts'
import { distinct, personById, personOf, type Users, usersOf } from './x-person.ts'
import { clientName, languageTag, repairedText, xId } from './x-text.ts'
import { postTime } from './x-time.ts'
import { act, attachmentOf, linksOf, some } from './x-tweet.ts'

/** What came along with posts of the v2 shape. */
export type Includes = {
  readonly users: Users
  readonly media: ReadonlyMap<string, JsonObject>
  readonly posts: Users
}

export function includesOf(value: Json | undefined): Includes {
  const includes = asObject(value)
  const media = new Map<string, JsonObject>()
  for (const item of asList(includes?.['media'])) {
    const key = asText(asObject(item)?.['media_key'])
    if (key !== undefined) media.set(key, asObject(item) ?? {})
  }
  // The schema says posts, the payloads say tweets.
  return {
    users: usersOf(includes?.['users']),
    media,
    posts: usersOf(includes?.['posts'] ?? includes?.['tweets']),
  }
}

/**
 * A post of the v2 shape, pushed or pulled. The verb comes from the post, not from the event that brought it: a reply that
 * mentions the account comes as two events and is one object.
 */
export function fromPost(value: Json | undefined, includes: Includes, saying: Saying): Translated {
  const outer = asObject(value)
  const post = asObject(outer?.['data']) ?? outer
  const id = xId(post?.['id_str'], post?.['id'])
  const time = postTime(post?.['created_at'])
  if (post === undefined || id === undefined || time === undefined)
    return unrecognised(saying.kind, value ?? null, 'no post: no id or no time')
  const referenced = references(post)
  const answered =
    xId(post['in_reply_to_tweet_id'], post['in_reply_to_post_id']) ?? referenced.get('replied_to')
  const reposted = referenced.get('retweeted') ?? referenced.get('reposted')
  const copied = reposted ?? referenced.get('quoted')
  const created = reposted !== undefined ? 'shared' : answered === undefined ? 'published' : 'replied'
  const note = asObject(post['note_tweet']) ?? asObject(post['note_post'])
  const entities = asObject(note?.['entities']) ?? asObject(post['entities'])
  return accept(
    defined({
      ...act(id, historyOf(post), created),
      ...time,
      persons: distinct([
        personById('author', xId(post['author_id']), includes.users),
        personById('quoted', xId(includes.posts.get(copied ?? '')?.['author_id']), includes.users),
        reposted === undefined ? undefined : repostedOf(post, entities),
        ...asList(entities?.['mentions']).map((mention) => mentioned(mention, includes.users)),
        personById('target', xId(post['in_reply_to_user_id']), includes.users),
      ]),
      ...repairedText(note?.['text'] ?? post['text']),
      language: languageTag(post['lang']),
      links: linksOf(entities),
      hashtags: some(asList(entities?.['hashtags']).map((tag) => asText(asObject(tag)?.['tag']))),
      attachments: mediaOf(post, includes),
      inReplyTo: answered,
      thread: xId(post['conversation_id']),
      derivedFrom: copied,
      client: clientName(post['source']),
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        time: asText(post['created_at']),
        detail: detailText({
          editHistory: historyOf(post).length > 1 ? historyOf(post) : undefined,
          place: post['geo'],
          possiblySensitive: post['possibly_sensitive'] === true ? true : undefined,
          withheld: post['withheld'],
          community: xId(post['community_id']),
        }),
      }),
    }),
    value,
  )
}

/** `edit_history_post_ids` and `referenced_posts` since OpenAPI 2.167; payloads still say tweets. */
function historyOf(post: JsonObject): string[] {
  const ids = asList(post['edit_history_post_ids'] ?? post['edit_history_tweet_ids'])
  return ids.map((id) => xId(id)).filter((id) => id !== undefined)
}

function references(post: JsonObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const item of asList(post['referenced_posts'] ?? post['referenced_tweets'])) {
    const [type, id] = [asText(asObject(item)?.['type']), xId(asObject(item)?.['id'])]
    if (type !== undefined && id !== undefined) found.set(type, id)
  }
  return found
}

/** `RT @handle: …`: whose post it is, where it did not come along. */
function repostedOf(post: JsonObject, entities: JsonObject | undefined): Person | undefined {
  const handle = /^RT @(\w{1,20}):/.exec(asText(post['text']) ?? '')?.[1]?.toLowerCase()
  const mention = asList(entities?.['mentions']).find(
    (each) => asText(asObject(each)?.['username'])?.toLowerCase() === handle,
  )
  return handle === undefined ? undefined : personOf('quoted', mention)
}

function mentioned(mention: Json, users: Users) {
  const id = xId(asObject(mention)?.['id'])
  return personById('mentioned', id, users)?.handle === undefined
    ? personOf('mentioned', mention)
    : personById('mentioned', id, users)
}

function mediaOf(post: JsonObject, includes: Includes) {
  const keys = asList(asObject(post['attachments'])?.['media_keys']).map((key) => asText(key))
  return some(
    keys.map((key) => {
      const media = includes.media.get(key ?? '')
      return media === undefined ? undefined : attachmentOf(media)
    }),
  )
}
