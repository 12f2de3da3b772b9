import {
  exportComment,
  exportFollow,
  exportPost,
  exportReaction,
  facebookExportMapper,
} from './facebook-export-items.ts'
import { asObject, asText } from './lossless.ts'
import { baseName, exportItems, exportObject, type ItemReader } from './meta-export.ts'
import { metaConversation } from './meta-messages.ts'
import type { Account, ArchiveFile, ArchiveSource, FileRole, Translated } from './source.ts'

/** File names through the generations: of a page (new and old), of a profile (new and old). Folders differ, names hardly. */
const readers: readonly (readonly [RegExp, ItemReader])[] = [
  [/^(profile_posts|page_posts|your_posts(__check_ins__photos_and_videos)?)(_\d+)?\.json$/, exportPost],
  [/^comments(_\d+)?\.json$/, exportComment],
  [/^(likes_and_reactions(_\d+)?|posts_and_comments)\.json$/, exportReaction],
  [
    /^(followers|following|who_you['’_]?ve_followed|who_followed_you|people_who_followed_you)\.json$/,
    exportFollow,
  ],
]
const conversation = /(^|\/)messages\/.+\/message_\d+\.json$/
const profile = /^profile_information\.json$/
const ownFolders =
  /(^|\/)(your_facebook_activity|this_profile['’]s_activity_across_facebook|this_page['’]s_activity_across_facebook|comments_and_reactions|comments|posts|likes_and_reactions)\//
const otherFolders =
  /(^|\/)(ads_information|apps_and_websites_off_of_facebook|security_and_login_information|preferences|logged_information|personal_information|location)\//

function readerOf(path: string): ItemReader | undefined {
  return readers.find(([name]) => name.test(baseName(path)))?.[1]
}

function role(path: string): FileRole {
  if (conversation.test(path) || readerOf(path) !== undefined) return 'facts'
  if (profile.test(baseName(path))) return 'account'
  if (otherFolders.test(path) || !/\.(json|html)$/.test(path)) return 'ignored'
  return 'unknown'
}

/** Facebook's download of a page or profile as JSON. It holds mostly the account's own acts. */
export const facebookExport: ArchiveSource = {
  platform: 'facebook',
  mapper: facebookExportMapper,
  recognise: (paths) => paths.some((path) => ownFolders.test(path) && readerOf(path) !== undefined),
  role,
  account,
  translate,
}

async function account(file: ArchiveFile): Promise<Account | undefined> {
  const { raw, fix } = await exportObject(file)
  const found = asObject(raw['profile_v2']) ?? asObject(raw['profile']) ?? raw
  const name = asText(asObject(found['name'])?.['full_name']) ?? asText(found['name'])
  const profileUrl = asText(found['profile_uri'])
  if (name === undefined) return undefined
  return { displayName: fix(name), ...(profileUrl === undefined ? {} : { profileUrl }) }
}

async function* translate(file: ArchiveFile, owner: Account | undefined): AsyncGenerator<Translated> {
  const reader = readerOf(file.path)
  if (conversation.test(file.path)) yield* metaConversation(file, owner, facebookExportMapper)
  else if (reader !== undefined) for await (const item of exportItems(file, owner)) yield* reader(item)
}
