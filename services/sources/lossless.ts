import { DomainError } from '../platform/errors.ts'

/** A JSON value in which every number is the text it was written as: 64-bit ids keep their digits. */
export type Json = string | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

// TypeScript's own types do not yet know the third argument.
const parseJson = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Bytes to text, a leading byte order mark left out. Says where it is not UTF-8, never what stands there. */
export function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new DomainError('source-malformed', `${where}: not UTF-8`)
  }
}

/** A number can stand nowhere else; but so can the `:01` of a time within a text. */
const mayHoldNumber = /(?:^|[:[,])\s*-?\d/

/** Deeper than any platform nests: such a value is left to the careful parser. */
const maxDepth = 200

function holdsNumber(value: unknown, depth = 0): boolean {
  if (typeof value === 'number' || depth > maxDepth) return true
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((each) => holdsNumber(each, depth + 1))
  for (const key in value) if (holdsNumber((value as JsonObject)[key], depth + 1)) return true
  return false
}

/**
 * Numbers become strings, by the source text (ECMAScript's JSON.parse source text access); `__proto__` stays an ordinary key. What
 * holds none, as all of X's archives, is read by the plain parser, which is five times as fast.
 * The error names the place alone: V8's own message quotes the text, which may be personal data.
 */
export function parseLossless(text: string, where: string): Json {
  try {
    const plain = JSON.parse(text) as unknown
    if (!mayHoldNumber.test(text) || !holdsNumber(plain)) return plain as Json
    return parseJson(text, (_key, value, context) =>
      typeof value === 'number' ? context.source : value,
    ) as Json
  } catch (error) {
    const at = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
    throw new DomainError(
      'source-malformed',
      `${where}: not JSON${at === undefined ? '' : ` at character ${at}`}`,
    )
  }
}

/** A whole body as a JSON object, or `source-malformed`. */
export function parseObject(body: Uint8Array, where: string): JsonObject {
  const value = parseLossless(decodeUtf8(body, where), where)
  const object = asObject(value)
  if (object === undefined) throw new DomainError('source-malformed', `${where}: not a JSON object`)
  return object
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

export function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/** A text (or a number, as written) that says something; an empty one says nothing. */
export function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Those of the values that are objects. */
export function asObjects(values: readonly (Json | undefined)[]): JsonObject[] {
  return values.map(asObject).filter((each) => each !== undefined)
}
