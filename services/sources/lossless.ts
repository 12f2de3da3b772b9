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

/** A number can stand nowhere else. Without one, and X's archives have none, the plain parser is three times as fast. */
const mayHoldNumber = /(?:^|[:[,])\s*-?\d/

/**
 * Numbers become strings, by the source text (ECMAScript's JSON.parse source text access); `__proto__` stays an ordinary key.
 * The error names the place alone: V8's own message quotes the text, which may be personal data.
 */
export function parseLossless(text: string, where: string): Json {
  try {
    if (!mayHoldNumber.test(text)) return JSON.parse(text) as Json
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
