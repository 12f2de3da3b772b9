/** JSON whose numbers keep the digits they were written with: parsed to raw JSON values, which `JSON.stringify` writes back. */

type RawJson = { readonly rawJSON: string }

// TypeScript's own types do not yet know these (ECMAScript: JSON.parse source text access).
const native = JSON as unknown as {
  parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown
  rawJSON: (text: string) => RawJson
  isRawJSON: (value: unknown) => value is RawJson
}

/** Throws SyntaxError for what is no JSON, RangeError for what is nested too deeply to be walked. */
export function parseExact(text: string): unknown {
  return native.parse(text, (_key, value, { source }) =>
    typeof value === 'number' ? native.rawJSON(source ?? String(value)) : value,
  )
}

/** The digits of a number as they were written, or undefined for anything else. */
export function numberText(value: unknown): string | undefined {
  return native.isRawJSON(value) ? value.rawJSON : undefined
}

export type JsonNode = { readonly [key: string]: unknown }

export function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !native.isRawJSON(value)
}

/** As long as `native.detail` may be. */
const maxDetail = 20_000

/**
 * What no field of an interaction holds, as JSON with sorted keys, or undefined where nothing is left. Where it is too long the
 * longest fields give way and are named in `omitted`: the sealed delivery has them.
 */
export function detailText(fields: JsonNode): string | undefined {
  const kept = Object.entries(fields).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  )
  if (kept.length === 0) return undefined
  const sized = kept.map(([name, value]) => ({ name, value, size: sorted(value).length + name.length }))
  sized.sort((a, b) => a.size - b.size)
  const omitted: string[] = []
  while (sized.length > 0) {
    const text = sorted({
      ...Object.fromEntries(sized.map(({ name, value }) => [name, value])),
      ...(omitted.length > 0 ? { omitted } : {}),
    })
    if (text.length <= maxDetail) return text
    omitted.push(sized.pop()?.name.slice(0, 64) ?? '')
  }
  return undefined
}

function sorted(value: unknown): string {
  try {
    return JSON.stringify(value, byKey) ?? 'null'
  } catch {
    // What could still be parsed may be too deep to be written: it is longer than any detail, and so gives way.
    return ' '.repeat(maxDetail + 1)
  }
}

function byKey(_key: string, part: unknown): unknown {
  if (!isNode(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}
