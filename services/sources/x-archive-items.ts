import type { Person } from '../events/interaction.ts'
import { detailText } from './detail.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, defined, madeId, type Translated, unrecognised } from './source.ts'
import { like, noted, relation, type Saying, when } from './x-acts.ts'
import { deletion, headerId } from './x-archive-tweets.ts'
import { distinct, personOf } from './x-person.ts'
import { repairedText, xId } from './x-text.ts'
import { xTime } from './x-time.ts'
import { linksOf, some } from './x-tweet.ts'

/** `{follower: {…}}`: the only member, whatever it is called. Older archives leave the wrapper out. */
function inner(item: Json): JsonObject | undefined {
  const outer = asObject(item)
  const values = Object.values(outer ?? {})
  return values.length === 1 ? (asObject(values[0]) ?? outer) : outer
}

export function archivedDeletion(item: Json, own: Person | undefined, saying: Saying): Translated {
  const header = asObject(asObject(item)?.['tweet']) ?? asObject(item)
  return deletion(headerId(item), header?.['deleted_at'] ?? header?.['deletedAt'], own, saying, item)
}

/** The download does not say when, nor whose post it was; what stood in it is somebody else's text and no reaction. */
export function archivedLike(item: Json, own: Person | undefined, saying: Saying): Translated {
  const liked = inner(item)
  const post = xId(liked?.['tweetId'])
  if (post === undefined) return unrecognised(saying.kind, item, 'no post')
  const detail = { fullText: liked?.['fullText'] }
  return like({ post, by: own, links: some([asText(liked?.['expandedUrl'])]), detail }, saying, item)
}

/** Followers, followed, blocked and muted accounts: the lists of the day of the download, without times. */
export function archivedList(item: Json, own: Person | undefined, saying: Saying): Translated {
  const entry = inner(item)
  const id = xId(entry?.['accountId'])
  if (id === undefined) return unrecognised(saying.kind, item, 'no account')
  const other = defined({ role: 'target' as const, platformId: id, profileUrl: asText(entry?.['userLink']) })
  if (saying.kind.endsWith('/follower'))
    return relation({ verb: 'followed', source: other, target: own }, saying, item)
  if (saying.kind.endsWith('/following'))
    return relation({ verb: 'followed', source: own, target: other }, saying, item)
  if (saying.kind.endsWith('/block'))
    return relation({ verb: 'blocked', source: own, target: other }, saying, item)
  return noted({ id: [own?.platformId ?? '?', id], persons: [own, other] }, saying, item)
}

/** The whole text of a long post. It has an id of its own; most archives do not say which tweet shows its beginning. */
export function archivedNote(item: Json, own: Person | undefined, saying: Saying): Translated {
  const note = asObject(asObject(item)?.['noteTweet']) ?? asObject(item)
  const core = asObject(note?.['core'])
  const id = xId(note?.['noteTweetId'])
  const time = xTime(note?.['createdAt'])
  if (id === undefined || time === undefined) return unrecognised(saying.kind, item, 'no id or no time')
  const tweet = xId(note?.['tweetId'], asObject(note?.['lifecycle'])?.['initialTweetId'])
  return accept(
    defined({
      objectId: id,
      verb: 'published' as const,
      ...time,
      persons: distinct([own, ...asList(core?.['mentions']).map((mention) => noteMention(mention))]),
      ...repairedText(core?.['text']),
      links:
        linksOf(core) ?? some(asList(core?.['urls']).map((url) => asText(asObject(url)?.['expandedUrl']))),
      hashtags: some(asList(core?.['hashtags']).map((tag) => asText(asObject(tag)?.['text']) ?? asText(tag))),
      thread: tweet,
      native: defined({ kind: saying.kind, mapper: saying.mapper, time: asText(note?.['createdAt']) }),
    }),
    item,
  )
}

function noteMention(value: Json): Person | undefined {
  const mention = asObject(value)
  const handle = mention?.['screenName'] ?? mention?.['screen_name'] ?? null
  return personOf('mentioned', { ...mention, screen_name: handle })
}

/** How the account described itself on the day of the download. */
export function archivedProfile(item: Json, own: Person | undefined, saying: Saying): Translated {
  const profile = inner(item)
  const said = asObject(profile?.['description'])
  const pictures = [profile?.['avatarMediaUrl'], profile?.['headerMediaUrl']].map((url) => asText(url))
  return accept(
    defined({
      objectId: madeId('profile', own?.platformId ?? own?.handle ?? '?'),
      verb: 'profile-changed' as const,
      ...when(undefined, saying),
      persons: own === undefined ? [] : [own],
      text: asText(said?.['bio']),
      links: some([asText(said?.['website'])]),
      attachments: some(pictures.map((url) => (url === undefined ? undefined : { url }))),
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        detail: detailText({ location: said?.['location'] }),
      }),
    }),
    item,
    JSON.stringify(['profile', own?.platformId, said]),
  )
}

/** A change of handle, with its time. */
export function archivedRename(item: Json, own: Person | undefined, saying: Saying): Translated {
  const outer = inner(item)
  const change = asObject(outer?.['screenNameChange']) ?? outer
  const time = xTime(change?.['changedAt'])
  if (time === undefined) return unrecognised(saying.kind, item, 'no time')
  return accept(
    defined({
      objectId: madeId('profile', xId(outer?.['accountId']) ?? own?.platformId ?? '?'),
      verb: 'profile-changed' as const,
      ...time,
      persons: own === undefined ? [] : [own],
      text: asText(change?.['changedTo']),
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        time: asText(change?.['changedAt']),
        detail: detailText({ before: change?.['changedFrom'], after: change?.['changedTo'] }),
      }),
    }),
    item,
  )
}
