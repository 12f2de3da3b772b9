import { isUtf8 } from 'node:buffer'
import { HttpError } from './http-error.ts'

/** How deep JSON may nest: far beyond any schema here, far below what overflows a stack. */
const maxJsonDepth = 64

/**
 * Bytes to a JSON value. Malformed UTF-8 is refused, not repaired: a digest of replaced characters would be a digest
 * of another text. `JSON.parse` itself does not recurse; its message quotes the body, so it is never passed on.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new HttpError('malformed-encoding', 'The body is not well-formed UTF-8.')
  if (bytes.length === 0) throw new HttpError('malformed-json', 'The body is empty.')
  const value = parse(bytes)
  if (typeof value === 'object' && value !== null) inspect(value, 1)
  return value
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new HttpError('malformed-json', 'The body is not JSON (RFC 8259).')
  }
}

function inspect(value: object, depth: number): void {
  if (depth > maxJsonDepth)
    throw new HttpError('malformed-json', `The body nests deeper than ${maxJsonDepth} levels.`)
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) inspect(item, depth + 1)
    return
  }
  const fields = value as Record<string, unknown>
  for (const key in fields) {
    if (key === '__proto__')
      throw new HttpError('malformed-json', 'The body has a field that would change prototypes.')
    const item = fields[key]
    if (typeof item === 'object' && item !== null) inspect(item, depth + 1)
  }
}
