import type { Person } from '../events/interaction.ts'
import { urnInLink } from './linkedin-urn.ts'
import {
  type Account,
  accept,
  aliasOf,
  type Candidate,
  contentHash,
  defined,
  detailOf,
  madeId,
  type Translated,
  unrecognised,
} from './source.ts'
import { fromDay, fromIso } from './time.ts'

export const linkedInExportMapper = 'linkedin-export/v1'

/** A row with the columns in lower case, and whose download it is. */
export type OwnRow = {
  readonly fields: Readonly<Record<string, string>>
  readonly account: Account | undefined
  readonly observedAt: string
}

function cell(row: OwnRow, name: string): string | undefined {
  const value = row.fields[name]
  return value === undefined || value === '' ? undefined : value
}

function when(row: OwnRow, column: string) {
  const native = cell(row, column)
  const time = fromIso(native) ?? fromDay(native)
  return time === undefined
    ? { occurredAt: row.observedAt, precision: 'second' as const, basis: 'observed' as const, native }
    : { ...time, basis: 'occurred' as const, native }
}

function author(row: OwnRow): Person[] {
  return row.account === undefined ? [] : [{ role: 'author', ...row.account }]
}

/** What each row has in common; columns that no field holds go into the detail. */
function base(row: OwnRow, kind: string, column: string, held: readonly string[]) {
  const { native, ...time } = when(row, column)
  const rest = Object.entries(row.fields).filter(([name]) => name !== column && !held.includes(name))
  return {
    ...time,
    native: defined({
      kind,
      time: native,
      mapper: linkedInExportMapper,
      detail: detailOf(Object.fromEntries(rest)),
    }),
  }
}

function finish(row: OwnRow, candidate: Candidate, text: string | undefined): Translated {
  const alias =
    candidate.basis === 'occurred' && candidate.precision !== 'day'
      ? aliasOf(row.account?.displayName, candidate.occurredAt, text)
      : undefined
  return accept(candidate, row.fields, alias)
}

const visibilities: Readonly<Record<string, 'public' | 'followers'>> = {
  PUBLIC: 'public',
  ANYONE: 'public',
  MEMBER_NETWORK: 'public',
  CONNECTIONS: 'followers',
  CONNECTIONS_ONLY: 'followers',
}

export function share(row: OwnRow): Translated {
  const common = base(row, 'Shares', 'date', ['sharelink', 'sharecommentary', 'sharedurl', 'mediaurl'])
  const link = cell(row, 'sharelink')
  const text = cell(row, 'sharecommentary')
  const shared = cell(row, 'sharedurl')
  const media = cell(row, 'mediaurl')
  if (link === undefined && text === undefined && shared === undefined) {
    return unrecognised('Shares', row.fields, 'neither link nor text')
  }
  const visibility = cell(row, 'visibility') ?? ''
  const made = madeId('share', common.native.time ?? 'no-time', contentHash(text, shared))
  return finish(
    row,
    defined({
      ...common,
      objectId: urnInLink(link).post ?? made,
      verb: 'published',
      persons: author(row),
      text,
      links: shared === undefined ? undefined : [shared],
      attachments: media === undefined ? undefined : [{ url: media }],
      visibility: Object.hasOwn(visibilities, visibility) ? visibilities[visibility] : undefined,
    }),
    text,
  )
}

export function comment(row: OwnRow): Translated {
  const common = base(row, 'Comments', 'date', ['message', 'link'])
  const text = cell(row, 'message')
  const link = cell(row, 'link')
  if (text === undefined && link === undefined)
    return unrecognised('Comments', row.fields, 'neither link nor text')
  const { post, comment: urn } = urnInLink(link)
  return finish(
    row,
    defined({
      ...common,
      objectId: urn ?? madeId('comment', common.native.time ?? 'no-time', contentHash(text, link)),
      verb: 'commented',
      persons: author(row),
      text,
      inReplyTo: post,
      thread: post,
      links: link === undefined ? undefined : [link],
    }),
    text,
  )
}

export function reaction(row: OwnRow): Translated {
  const common = base(row, 'Reactions', 'date', ['type', 'link'])
  const kind = cell(row, 'type')?.toLowerCase()
  const link = cell(row, 'link')
  if (kind === undefined || link === undefined)
    return unrecognised('Reactions', row.fields, 'no type or no link')
  const { post, comment: urn } = urnInLink(link)
  return accept(
    defined({
      ...common,
      objectId: madeId('reaction', common.native.time ?? 'no-time', contentHash(kind, link)),
      verb: 'reacted',
      persons: author(row),
      reaction: kind,
      inReplyTo: urn ?? post,
      thread: post,
      links: [link],
    }),
    row.fields,
  )
}

/** A connection is mutual: the account's side of it, with the other as target. */
export function connection(row: OwnRow): Translated {
  const common = base(row, 'Connections', 'connected on', ['first name', 'last name', 'url', 'email address'])
  const displayName = [cell(row, 'first name'), cell(row, 'last name')].filter(Boolean).join(' ')
  const profileUrl = cell(row, 'url')
  if (displayName === '' && profileUrl === undefined) {
    return unrecognised('Connections', row.fields, 'neither name nor link')
  }
  const name = displayName === '' ? undefined : displayName
  const target = defined({
    role: 'target' as const,
    displayName: name,
    profileUrl,
    email: cell(row, 'email address'),
  })
  return accept(
    defined({
      ...common,
      objectId: madeId('connection', common.native.time ?? 'no-time', contentHash(profileUrl ?? displayName)),
      verb: 'followed',
      persons: [...author(row), target],
    }),
    row.fields,
  )
}

export function message(row: OwnRow): Translated {
  const held = [
    'conversation id',
    'from',
    'sender profile url',
    'to',
    'recipient profile urls',
    'subject',
    'content',
  ]
  const common = base(row, 'messages', 'date', held)
  const thread = cell(row, 'conversation id')
  const text = cell(row, 'content')
  const from = cell(row, 'from')
  const profileUrl = cell(row, 'sender profile url')
  const urls = (cell(row, 'recipient profile urls') ?? '').split(',').map((url) => url.trim())
  const names = (cell(row, 'to') ?? '').split(',').map((name) => name.trim())
  // A name may hold a comma: names and links are paired only where there are as many of each.
  const paired = names.length === urls.length
  const recipients = (paired ? names : [cell(row, 'to') ?? '']).filter((name) => name !== '')
  return finish(
    row,
    defined({
      ...common,
      objectId: madeId('message', common.native.time ?? 'no-time', contentHash(thread, from, text)),
      verb: 'messaged',
      persons: [
        ...(from === undefined && profileUrl === undefined
          ? []
          : [defined({ role: 'author' as const, displayName: from, profileUrl })]),
        ...recipients.map((name, index) =>
          defined({
            role: 'recipient' as const,
            displayName: name,
            profileUrl: paired && urls[index] !== '' ? urls[index] : undefined,
          }),
        ),
      ],
      text,
      title: cell(row, 'subject'),
      thread,
      visibility: 'direct',
    }),
    undefined,
  )
}
