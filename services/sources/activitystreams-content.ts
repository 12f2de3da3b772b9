import type { Attachment } from '../events/interaction.ts'
import { typesOf } from './activitystreams-check.ts'
import { idOf, textOf, urlOf, valuesOf } from './activitystreams-person.ts'
import { isNode, type JsonNode } from './detail.ts'
import { htmlRepair, htmlToText } from './html-text.ts'
import { type Candidate, defined } from './source.ts'

type Content = Pick<
  Candidate,
  'text' | 'rawText' | 'repair' | 'language' | 'title' | 'links' | 'hashtags' | 'attachments'
>

/** What an object says: its text as a reader reads it, beside the HTML it came as. */
export function contentOf(object: JsonNode): Content {
  const content = natural(object, 'content')
  const name = natural(object, 'name')
  const summary = natural(object, 'summary')
  const isPlain = textOf(object['mediaType'])?.startsWith('text/plain') === true
  const body = content.text === undefined ? { text: name.text } : readable(content.text, isPlain)
  const title = content.text === undefined ? plain(summary.text) : (name.text ?? plain(summary.text))
  const hashtags = valuesOf(object['tag'])
    .filter((tag) => isNode(tag) && typesOf(tag).includes('Hashtag'))
    .map((tag) => textOf((tag as JsonNode)['name'])?.replace(/^#/, ''))
  const files = ['attachment', 'image'].flatMap((key) => valuesOf(object[key]).map(attachmentOf))
  return defined({
    ...body,
    language: content.language ?? name.language,
    title,
    hashtags: filled(hashtags),
    attachments: filled(files),
  })
}

/** The body of a Note, Article …: HTML unless it says otherwise (Vocabulary § 4). */
function readable(raw: string, isPlain: boolean): Content {
  if (isPlain) return { text: raw }
  const { text, links } = htmlToText(raw)
  return defined({
    text: text === '' ? undefined : text,
    ...(text === raw ? {} : { rawText: raw, repair: htmlRepair }),
    links: links.length === 0 ? undefined : [...links],
  })
}

function plain(html: string | undefined): string | undefined {
  const text = html === undefined ? '' : htmlToText(html).text
  return text === '' ? undefined : text
}

/** A natural-language value: the plain one, else the first of its map; the language where exactly this text has one. */
function natural(object: JsonNode, key: string): { text?: string; language?: string } {
  const map = isNode(object[`${key}Map`]) ? object[`${key}Map`] : isNode(object[key]) ? object[key] : {}
  const texts = Object.entries(map as JsonNode).flatMap(
    ([language, value]): { text: string; language: string }[] => {
      const text = textOf(valuesOf(value)[0])
      return text === undefined || language.startsWith('@') ? [] : [{ text, language }]
    },
  )
  const own = textOf(valuesOf(object[key])[0])
  if (own === undefined) return texts[0] ?? {}
  return { text: own, ...defined({ language: texts.find(({ text }) => text === own)?.language }) }
}

function attachmentOf(value: unknown): Attachment | undefined {
  const url = isNode(value) ? (urlOf(value) ?? idOf(value)) : textOf(value)
  if (url === undefined) return undefined
  const node = isNode(value) ? value : {}
  return defined({ url, mediaType: textOf(node['mediaType']), description: textOf(node['name']) })
}

function filled<T>(list: readonly (T | undefined)[]): T[] | undefined {
  const kept = list.filter((it) => it !== undefined)
  return kept.length === 0 ? undefined : kept
}
