import {
  exportComment,
  exportFollow,
  exportLike,
  exportPost,
  instagramExportMapper,
} from './instagram-export-items.ts'
import { asList, asObject, asText } from './lossless.ts'
import { baseName, exportItems, exportObject, type ItemReader } from './meta-export.ts'
import { metaConversation } from './meta-messages.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  defined,
  type FileRole,
  type Translated,
} from './source.ts'

const readers: readonly (readonly [RegExp, ItemReader])[] = [
  [/^(post_comments|reels_comments)(_\d+)?\.json$/, exportComment],
  [/^(liked_posts|liked_comments|story_likes)(_\d+)?\.json$/, exportLike],
  [/^(followers|following)(_\d+)?\.json$/, exportFollow],
  [/^(posts|reels|stories|igtv_videos|archived_posts)(_\d+)?\.json$/, exportPost],
]
const conversation = /(^|\/)messages\/.+\/message_\d+\.json$/
const profile = /^personal_information\.json$/
const ownFolders =
  /(^|\/)(your_instagram_activity|connections\/followers_and_following|followers_and_following|content|comments|likes)\//
const otherFolders =
  /(^|\/)(ads_information|apps_and_websites_off_of_instagram|security_and_login_information|preferences|logged_information|personal_information)\//

function readerOf(path: string): ItemReader | undefined {
  return readers.find(([name]) => name.test(baseName(path)))?.[1]
}

function role(path: string): FileRole {
  if (conversation.test(path) || readerOf(path) !== undefined) return 'facts'
  if (profile.test(baseName(path))) return 'account'
  if (otherFolders.test(path) || !/\.(json|html)$/.test(path)) return 'ignored'
  return 'unknown'
}

/** Instagram's download as JSON: the account's own acts, and who follows it. */
export const instagramExport: ArchiveSource = {
  platform: 'instagram',
  mapper: instagramExportMapper,
  recognise: (paths) => paths.some((path) => ownFolders.test(path) && readerOf(path) !== undefined),
  role,
  account,
  translate,
}

/** `profile_user[0].string_map_data`, its keys in the reader's language. */
async function account(file: ArchiveFile): Promise<Account | undefined> {
  const { raw, fix } = await exportObject(file)
  const fields = Object.entries(asObject(asObject(asList(raw['profile_user'])[0])?.['string_map_data']) ?? {})
  const named = (words: readonly string[]) => {
    const found = fields.find(([key]) => words.includes(fix(key)))?.[1]
    const value = asText(asObject(found)?.['value'])
    return value === undefined ? undefined : fix(value)
  }
  const handle = named(['Username', 'Användarnamn'])
  const displayName = named(['Name', 'Namn'])
  return handle === undefined && displayName === undefined ? undefined : defined({ handle, displayName })
}

async function* translate(file: ArchiveFile, owner: Account | undefined): AsyncGenerator<Translated> {
  const reader = readerOf(file.path)
  if (conversation.test(file.path)) yield* metaConversation(file, owner, instagramExportMapper)
  else if (reader !== undefined) for await (const item of exportItems(file, owner)) yield* reader(item)
}
