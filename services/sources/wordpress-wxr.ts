import type { Person } from '../events/interaction.ts'
import type { JsonNode } from './detail.ts'
import { type ArchiveFile, type ArchiveSource, defined, type Translated } from './source.ts'
import { commentFacts, postFacts, type Route, userId } from './wordpress-facts.ts'
import { type WxrElement, wxrParts } from './wordpress-wxr-parse.ts'

const mapper = 'wordpress-wxr/v1'

/** WordPress eXtended RSS 1.0 to 1.2, as `Tools → Export` writes it; large blogs come in several files. */
export const wordPressWxr: ArchiveSource = {
  platform: 'wordpress',
  mapper,
  recognise: (paths) => paths.length > 0 && paths.every((path) => isWxr(path)),
  role: (path) => (isWxr(path) ? 'facts' : 'unknown'),
  translate: (file) => translateWxr(file),
}

function isWxr(path: string): boolean {
  return /\.(?:xml|wxr)$/i.test(path)
}

/**
 * Reads the file to its end in flat memory and keeps nothing: throws what `translate` would throw, with line and column, so that a
 * file that breaks in its last line is refused before its first item is taken.
 */
export async function checkWxr(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ items: number; comments: number }> {
  const counts = { items: 0, comments: 0 }
  for await (const part of wxrParts(bytes)) {
    if (part.kind === 'item') counts.items++
    if (part.kind === 'comment') counts.comments++
  }
  return counts
}

type Authors = Map<string, Omit<Person, 'role'>>

const maxAuthors = 100_000

async function* translateWxr(file: ArchiveFile): AsyncGenerator<Translated> {
  const authors: Authors = new Map()
  let observedAt = file.observedAt
  for await (const part of wxrParts(file.bytes)) {
    const { element } = part
    if (part.kind === 'channel') observedAt = exportedAt(element) ?? observedAt
    else if (part.kind === 'author') addAuthor(element, authors)
    else if (part.kind === 'comment') yield* comment(element, part.postId, { mapper, observedAt })
    else yield* post(element, authors, { mapper, observedAt })
  }
}

/** The channel's own date is when the file was made. */
function exportedAt(element: WxrElement): string | undefined {
  const text = element.text.trim()
  if (element.name !== 'pubDate' || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/.test(text))
    return undefined
  const instant = Date.parse(text)
  return Number.isNaN(instant) || instant < 0
    ? undefined
    : new Date(instant).toISOString().replace('.000Z', 'Z')
}

function textOf(element: WxrElement, name: string): string | undefined {
  const text = element.children.find((child) => child.name === name)?.text
  return text === undefined || text.trim() === '' ? undefined : text
}

/** Numbers, dates and words of WordPress's own, around which exporters differ in white space. */
function wordOf(element: WxrElement, name: string): string | undefined {
  return textOf(element, name)?.trim()
}

function addAuthor(element: WxrElement, authors: Authors): void {
  const login = wordOf(element, 'wp:author_login')
  if (login === undefined || authors.size >= maxAuthors) return
  authors.set(
    login,
    defined({
      platformId: userId(wordOf(element, 'wp:author_id')),
      handle: login,
      displayName: textOf(element, 'wp:author_display_name'),
      email: wordOf(element, 'wp:author_email'),
    }),
  )
}

const commentFields = new Set(
  'id author author_email author_url author_IP date date_gmt content approved type parent user_id'
    .split(' ')
    .map((name) => `wp:comment_${name}`),
)

function* comment(element: WxrElement, postId: string | undefined, route: Route): Iterable<Translated> {
  yield* commentFacts(
    {
      id: wordOf(element, 'wp:comment_id'),
      post: postId,
      parent: wordOf(element, 'wp:comment_parent'),
      userId: wordOf(element, 'wp:comment_user_id'),
      author: defined({
        displayName: textOf(element, 'wp:comment_author'),
        email: wordOf(element, 'wp:comment_author_email'),
        profileUrl: wordOf(element, 'wp:comment_author_url'),
        ip: wordOf(element, 'wp:comment_author_IP'),
        userAgent: textOf(element, 'wp:comment_agent'),
      }),
      dates: { local: wordOf(element, 'wp:comment_date'), gmt: wordOf(element, 'wp:comment_date_gmt') },
      content: { text: textOf(element, 'wp:comment_content'), form: 'stored' },
      status: wordOf(element, 'wp:comment_approved'),
      type: wordOf(element, 'wp:comment_type'),
      rest: restOf(element, commentFields),
    },
    route,
    element,
  )
}

const itemFields = new Set(
  'title dc:creator content:encoded wp:post_id wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:status wp:post_type wp:attachment_url wp:comment pubDate'.split(
    ' ',
  ),
)

function* post(element: WxrElement, authors: Authors, route: Route): Iterable<Translated> {
  const creator = textOf(element, 'dc:creator')?.trim()
  const url = wordOf(element, 'wp:attachment_url')
  const tags = element.children.filter(
    ({ name, attributes }) => name === 'category' && isTag(attributes['domain']),
  )
  yield* postFacts(
    {
      id: wordOf(element, 'wp:post_id'),
      author: creator === undefined ? undefined : (authors.get(creator) ?? { handle: creator }),
      dates: { local: wordOf(element, 'wp:post_date'), gmt: wordOf(element, 'wp:post_date_gmt') },
      modified: { local: wordOf(element, 'wp:post_modified'), gmt: wordOf(element, 'wp:post_modified_gmt') },
      title: textOf(element, 'title'),
      content: { text: textOf(element, 'content:encoded'), form: 'stored' },
      status: wordOf(element, 'wp:status'),
      type: wordOf(element, 'wp:post_type'),
      isProtected: textOf(element, 'wp:post_password') !== undefined,
      hashtags: [...new Set(tags.map(({ text }) => text.trim()).filter((text) => text !== ''))],
      attachments: url === undefined ? [] : [{ url }],
      rest: restOf(element, itemFields),
    },
    route,
    element,
  )
}

/** `post_tag` today, `tag` in WXR 1.0. */
function isTag(domain: string | undefined): boolean {
  return domain === 'post_tag' || domain === 'tag'
}

/** What no field holds: each name once, or a list; meta as its key and value, PHP-serialised ones as they are. */
function restOf(element: WxrElement, told: ReadonlySet<string>): JsonNode {
  const rest = new Map<string, unknown[]>()
  for (const child of element.children) {
    if (told.has(child.name) || (child.name === 'category' && isTag(child.attributes['domain']))) continue
    const value = plainOf(child)
    if (value === undefined) continue
    const name = child.name.replace(/^wp:/, '')
    const before = rest.get(name)
    if (before === undefined) rest.set(name, [value])
    else before.push(value)
  }
  return Object.fromEntries(
    [...rest].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )
}

function plainOf(element: WxrElement): unknown {
  if (element.children.length > 0) {
    return Object.fromEntries(
      element.children.map((child) => [child.name.replace(/^wp:/, ''), plainOf(child) ?? '']),
    )
  }
  const text = element.text.trim()
  const nicename = element.attributes['nicename']
  if (text === '') return undefined
  return element.name === 'category'
    ? defined({ domain: element.attributes['domain'], nicename, text })
    : text
}
