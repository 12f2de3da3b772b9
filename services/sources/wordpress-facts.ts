import type { Attachment, Person } from '../events/interaction.ts'
import { detailText, type JsonNode } from './detail.ts'
import { htmlRepair, htmlToText } from './html-text.ts'
import { accept, type Candidate, defined, nativeWord, type Translated, unrecognised } from './source.ts'
import { isLater, type WordPressDates, wordPressTime } from './wordpress-time.ts'

/** A comment, from whatever route. Numbers are as written; zero is none. */
export type WordPressComment = {
  readonly id: string | undefined
  readonly post: string | undefined
  readonly parent: string | undefined
  readonly userId: string | undefined
  readonly author: Omit<Person, 'role' | 'platformId'>
  readonly dates: WordPressDates
  readonly content: WordPressText
  readonly status: string | undefined
  readonly type: string | undefined
  /** What no field holds, the avatar addresses among it: they are digests of the e-mail address, and personal. */
  readonly rest: JsonNode
}

export type WordPressPost = {
  readonly id: string | undefined
  readonly author: Omit<Person, 'role'> | undefined
  readonly dates: WordPressDates
  readonly modified: WordPressDates
  readonly title: string | undefined
  readonly content: WordPressText
  readonly status: string | undefined
  readonly type: string | undefined
  readonly isProtected: boolean
  readonly hashtags: readonly string[]
  readonly attachments: readonly Attachment[]
  readonly rest: JsonNode
}

/** Stored text has line breaks that count; rendered text is HTML throughout. */
export type WordPressText = { readonly text: string | undefined; readonly form: 'stored' | 'rendered' }

export type Route = { readonly mapper: string; readonly observedAt: string }

/** Comments and posts are numbered apart from each other, and so are users. */
function numbered(kind: 'post' | 'comment' | 'user', id: string | undefined): string | undefined {
  return id !== undefined && /^[1-9]\d{0,19}$/.test(id) ? `${kind}/${id}` : undefined
}

export function userId(id: string | undefined): string | undefined {
  return numbered('user', id)
}

export function* commentFacts(comment: WordPressComment, route: Route, raw: unknown): Iterable<Translated> {
  const kind = `comment/${comment.type === '' || comment.type === undefined ? 'comment' : nativeWord(comment.type)}`
  const objectId = numbered('comment', comment.id)
  if (objectId === undefined) {
    yield unrecognised(kind, raw, 'comment without an id')
    return
  }
  const thread = numbered('post', comment.post)
  const parent = numbered('comment', comment.parent)
  const { native, ...time } = wordPressTime(comment.dates, route.observedAt)
  const author = defined({ platformId: userId(comment.userId), ...comment.author })
  yield accept(
    defined({
      objectId,
      verb: parent === undefined ? 'commented' : 'replied',
      ...time,
      persons: Object.keys(author).length === 0 ? [] : [{ role: 'author', ...author }],
      ...contentOf(comment.content),
      inReplyTo: parent ?? thread,
      thread,
      native: defined({
        kind,
        time: native,
        mapper: route.mapper,
        detail: detailText({ ...comment.rest, ...otherDate(comment.dates, native) }),
      }),
    }) as Candidate,
    raw,
  )
  yield* standing(objectId, kind, comment.status, route, raw)
}

/** Content that is no act towards the public: drafts of it, and the furniture that WordPress keeps as posts. */
const furniture =
  /^(?:revision|nav_menu_item|custom_css|customize_changeset|oembed_cache|user_request|wp_\w+|acf-\w+)$/
const published = new Set(['publish', 'private', 'trash', 'inherit', ''])

export function* postFacts(post: WordPressPost, route: Route, raw: unknown): Iterable<Translated> {
  const kind = nativeWord(post.type ?? 'post')
  const objectId = numbered('post', post.id)
  if (objectId === undefined) return yield unrecognised(kind, raw, 'post without an id')
  if (furniture.test(kind)) return yield unrecognised(kind, raw, 'no content of its own')
  if (!published.has(post.status ?? '')) return yield unrecognised(kind, raw, 'not published')

  const isEdited = isLater(post.modified, post.dates)
  const isOpen = post.status !== 'private' && !post.isProtected
  const shared = {
    objectId,
    persons: post.author === undefined ? [] : [{ role: 'author' as const, ...post.author }],
    visibility: isOpen ? ('public' as const) : ('followers' as const),
  }
  const content = {
    ...contentOf(post.content),
    title: post.title === undefined ? undefined : htmlToText(post.title).text || undefined,
    hashtags: post.hashtags.length === 0 ? undefined : [...post.hashtags],
    attachments: post.attachments.length === 0 ? undefined : [...post.attachments],
  }
  const fact = (verb: 'published' | 'edited', dates: WordPressDates, whole: boolean): Candidate => {
    const { native, ...time } = wordPressTime(dates, route.observedAt)
    const rest = whole ? post.rest : {}
    return defined({
      ...shared,
      verb,
      ...time,
      ...(whole ? defined(content) : {}),
      native: defined({
        kind,
        time: native,
        mapper: route.mapper,
        detail: detailText({ ...rest, ...otherDate(dates, native) }),
      }),
    }) as Candidate
  }
  // The file has the latest version: how the post read before it was modified cannot be known from it.
  yield accept(fact('published', post.dates, !isEdited), raw)
  if (isEdited) yield accept(fact('edited', post.modified, true), raw)
  yield* standing(objectId, kind, post.status === 'trash' ? 'trash' : 'approved', route, raw)
}

/** What the state says was done to it, without saying when: held back or taken away. */
function* standing(
  objectId: string,
  kind: string,
  status: string | undefined,
  route: Route,
  raw: unknown,
): Iterable<Translated> {
  const verb = verbOf(status)
  if (verb === 'visible') return
  if (verb === undefined) return yield unrecognised(`${kind}/status`, raw, 'status that is not known')
  yield stateFact(objectId, verb, `${kind}/${nativeWord(status) === '?' ? 'hold' : status}`, route, raw)
}

export function stateFact(
  objectId: string,
  verb: 'hidden' | 'unhidden' | 'removed',
  kind: string,
  route: Route,
  raw: unknown,
): Translated {
  const seen = { occurredAt: route.observedAt, basis: 'observed' } as const
  // Read again in a later file it is the same fact: there is no time to tell two of them apart.
  const alias = JSON.stringify(['wordpress', objectId, kind])
  return accept({ objectId, verb, ...seen, native: { kind, mapper: route.mapper } }, raw, alias)
}

function verbOf(status: string | undefined): 'visible' | 'hidden' | 'removed' | undefined {
  if (status === undefined || status === '' || /^(?:1|approved?)$/.test(status)) return 'visible'
  if (/^(?:0|hold|unapproved|spam)$/.test(status)) return 'hidden'
  return /^(?:trash|post-trashed|deleted)$/.test(status) ? 'removed' : undefined
}

function contentOf({
  text: raw,
  form,
}: WordPressText): Pick<Candidate, 'text' | 'rawText' | 'repair' | 'links'> {
  if (raw === undefined || raw === '') return {}
  const { text, links } = htmlToText(raw, form === 'stored' ? 'kept' : 'collapsed')
  return defined({
    text: text === '' ? undefined : text,
    ...(text === raw ? {} : { rawText: raw, repair: htmlRepair }),
    links: links.length === 0 ? undefined : [...links],
  })
}

/** The date of the pair that is not the native time. */
function otherDate(dates: WordPressDates, native: string | undefined): JsonNode {
  const other = dates.gmt === native ? dates.local : dates.gmt
  return other === undefined || other === native
    ? {}
    : { [other === dates.local ? 'date' : 'date_gmt']: other }
}
