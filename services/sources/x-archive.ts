import { asObject, asText } from './lossless.ts'

import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  defined,
  type Translated,
  unrecognised,
} from './source.ts'
import { nameOf, type Part, partOf, recognise, roleOf } from './x-archive-files.ts'
import {
  archivedDeletion,
  archivedLike,
  archivedList,
  archivedNote,
  archivedProfile,
  archivedRename,
} from './x-archive-items.ts'
import { itemsOf } from './x-archive-read.ts'
import { archivedTweets } from './x-archive-tweets.ts'
import { archivedConversation } from './x-messages.ts'
import { personOfAccount } from './x-person.ts'
import { xId } from './x-text.ts'
import { xTime } from './x-time.ts'

const mapper = 'x-archive/v1'

/** X's download of an account, of every generation: files of JSON behind an assignment, which is matched and never run. */
export const xArchive: ArchiveSource = {
  platform: 'x',
  mapper,
  recognise,
  role: roleOf,
  account,
  madeAt,
  translate,
}

/** The account by its own file, by the manifest, or by the `user_details` of archives before 2018. */
async function account(file: ArchiveFile): Promise<Account | undefined> {
  for await (const item of itemsOf(file)) {
    const found = 'value' in item ? asObject(item.value) : undefined
    const own = asObject(found?.['account']) ?? asObject(found?.['userInfo']) ?? found
    const owner = defined({
      platformId: xId(own?.['accountId'], own?.['id']),
      handle: asText(own?.['username']) ?? asText(own?.['userName']) ?? asText(own?.['screen_name']),
      displayName:
        asText(own?.['accountDisplayName']) ?? asText(own?.['displayName']) ?? asText(own?.['full_name']),
    })
    return owner.platformId === undefined && owner.handle === undefined ? undefined : owner
  }
  return undefined
}

/** When X made the archive, by its manifest: the time of what has none. RFC 3339, or undefined where it does not say. */
async function madeAt(manifest: ArchiveFile): Promise<string | undefined> {
  for await (const item of itemsOf(manifest)) {
    const info = 'value' in item ? asObject(asObject(item.value)?.['archiveInfo']) : undefined
    return xTime(info?.['generationDate'])?.occurredAt
  }
  return undefined
}

async function* translate(file: ArchiveFile, owner: Account | undefined): AsyncGenerator<Translated> {
  const name = nameOf(file.path) ?? '?'
  const part = partOf(file.path)
  const saying = { kind: `archive/${name}`, mapper, seenAt: file.observedAt }
  const own = personOfAccount(owner)
  if (part === 'tweets' || part === 'deleted-tweets' || part === 'circle-tweets') {
    const visibility = part === 'circle-tweets' ? ('followers' as const) : undefined
    yield* archivedTweets(
      itemsOf(file),
      { author: own, visibility, isDeleted: part === 'deleted-tweets' },
      saying,
    )
    return
  }
  for await (const item of itemsOf(file)) {
    if ('head' in item) yield unrecognised(saying.kind, item.head, item.reason)
    else if (part === undefined) yield unrecognised(saying.kind, item.value, 'unknown file')
    else if (part === 'direct-messages') yield* archivedConversation(item.value, saying)
    else yield readers[part](item.value, own, saying)
  }
}

const readers = {
  'deleted-tweet-headers': archivedDeletion,
  'note-tweet': archivedNote,
  like: archivedLike,
  follower: archivedList,
  following: archivedList,
  block: archivedList,
  mute: archivedList,
  profile: archivedProfile,
  'screen-name-change': archivedRename,
} satisfies Partial<Record<Part, unknown>>
