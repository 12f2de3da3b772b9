import { DomainError } from '../platform/errors.ts'
import { type CheckOptions, checkActivityStreams } from './activitystreams-check.ts'
import { type JsonNode, parseExact } from './detail.ts'
import { decodeUtf8 } from './lossless.ts'

/** One document, whole: UTF-8, JSON, and right by the recommendation, or `source-malformed` with every place that is not. */
export function readActivityStreams(bytes: Uint8Array, where: string, options: CheckOptions = {}): JsonNode {
  const value = parseJson(decodeUtf8(bytes, where), where)
  const violations = checkActivityStreams(value, options)
  if (violations.length > 0) {
    throw new DomainError('source-malformed', `${where}: not ActivityStreams 2.0`, { violations })
  }
  return value as JsonNode
}

/** V8's own message quotes the text, which may be personal data: only the place is passed on. */
export function parseJson(text: string, where: string): unknown {
  try {
    return parseExact(text)
  } catch (error) {
    const at = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined
    throw new DomainError(
      'source-malformed',
      `${where}: not JSON${at === undefined ? '' : ` at character ${at}`}`,
    )
  }
}
