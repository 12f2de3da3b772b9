import { asText, type Json } from './lossless.ts'

const entityRepair = 'html-entities/v1'

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => entities[name] ?? '')
}

/**
 * X hands out the text of posts and messages with `& < >` as HTML entities, once. They are undone once, so that `&amp;lt;`
 * becomes the `&lt;` that somebody wrote; the text as it came stays beside it.
 */
export function repairedText(value: Json | undefined): { text?: string; rawText?: string; repair?: string } {
  const raw = asText(value)
  if (raw === undefined) return {}
  const text = unescaped(raw)
  return text === raw ? { text } : { text, rawText: raw, repair: entityRepair }
}

/** The program's name out of `<a href="…">TweetDeck</a>`; newer routes give it bare. */
export function clientName(value: Json | undefined): string | undefined {
  const name = unescaped((asText(value) ?? '').replace(/<[^>]*>/g, '')).trim()
  return name === '' ? undefined : name
}

/** A language tag; `und` says that X did not know. */
export function languageTag(value: Json | undefined): string | undefined {
  const tag = asText(value)
  return tag !== undefined && tag !== 'und' && /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag)
    ? tag
    : undefined
}

/** An id as X writes them: digits. `-1` stands for an account that X no longer knows. */
export function xId(...values: readonly (Json | undefined)[]): string | undefined {
  return values.map(asText).find((id) => id !== undefined && /^\d{1,20}$/.test(id))
}
