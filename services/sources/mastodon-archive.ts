import { DomainError } from '../platform/errors.ts'
import { translateDocument } from './activitystreams.ts'
import type { Saying } from './activitystreams-act.ts'
import { handleAt, idOf, textOf, urlOf } from './activitystreams-person.ts'
import { readActivityStreams } from './activitystreams-read.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  accept,
  defined,
  madeId,
  type Translated,
  unrecognised,
} from './source.ts'

const mapper = 'mastodon-archive/v1'
const maxActorSize = 4 * 1024 ** 2

/** Mastodon's own download (tar.gz): the account's posts and shares, what it liked and bookmarked. No deletes, no earlier versions. */
export const mastodonArchive: ArchiveSource = {
  platform: 'mastodon',
  mapper,
  recognise: (paths) =>
    paths.some((path) => nameOf(path) === 'actor.json') &&
    paths.some((path) => nameOf(path) === 'outbox.json'),
  role(path) {
    const name = nameOf(path)
    if (name === 'actor.json') return 'account'
    if (name === 'outbox.json' || name === 'likes.json' || name === 'bookmarks.json') return 'facts'
    return /(?:^|\/)(?:media_attachments\/|avatar\.|header\.)/.test(path) ? 'ignored' : 'unknown'
  },
  account: readAccount,
  translate(file, account) {
    const element = elements[nameOf(file.path)]
    return translateDocument(
      file,
      { mapper, account },
      { relative: true, ...(element === undefined ? {} : { element }) },
    )
  },
}

function nameOf(path: string): string {
  return path.replace(/^.*\//, '')
}

async function readAccount(file: ArchiveFile): Promise<Account | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of file.bytes) {
    size += part.length
    if (size > maxActorSize) throw new DomainError('source-unsafe', 'actor.json: too large')
    parts.push(part)
  }
  const actor = readActivityStreams(Buffer.concat(parts), 'actor.json', { relative: true })
  const id = idOf(actor)
  if (id === undefined) return undefined
  const user = textOf(actor['preferredUsername'])
  return defined({
    platformId: id,
    handle: user === undefined ? undefined : handleAt(user, id),
    displayName: textOf(actor['name']),
    profileUrl: urlOf(actor),
  })
}

const elements: { readonly [name: string]: (value: unknown, saying: Saying) => Iterable<Translated> } = {
  'likes.json': function* (value, saying) {
    const target = idOf(value)
    if (target === undefined) yield unrecognised('like', value, 'not an address')
    else yield liked(target, value, saying)
  },
  // What an account has put aside for itself is no act towards anybody.
  'bookmarks.json': function* (value) {
    yield unrecognised('bookmark', value, 'a bookmark is no interaction')
  },
}

/** The download gives the address alone, without a time: that it is so is what was seen. */
function liked(target: string, value: unknown, { account, observedAt }: Saying): Translated {
  const objectId = madeId('reaction', target, account?.platformId ?? '?')
  return accept(
    {
      objectId,
      verb: 'reacted',
      occurredAt: observedAt,
      basis: 'observed',
      persons: account === undefined ? [] : [{ ...account, role: 'author' }],
      reaction: 'like',
      inReplyTo: target,
      native: { kind: 'likes', mapper },
    },
    value,
    JSON.stringify(['like', objectId]),
  )
}
