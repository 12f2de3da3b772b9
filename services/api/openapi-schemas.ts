import { z } from 'zod'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

const refPrefix = '#/components/schemas/'

/** Schemas of the contract: named ones become components, each as it is written (`…Input`) and as it is read. */
export type SchemaCollector = {
  /** The JSON Schema of a part, with `$ref`s to components. */
  readonly add: (schema: z.ZodType, io: 'input' | 'output') => JsonObject
  /** The components of all that was added, twins with the same content merged. `rename` goes over the rest of the document. */
  readonly finish: () => { schemas: JsonObject; rename: (part: Json) => Json }
}

export function collectSchemas(): SchemaCollector {
  const components = new Map<string, JsonObject>()
  return {
    add: (schema, io) => {
      // Inside an object a named root becomes a reference like any other.
      const json = z.toJSONSchema(z.object({ it: schema }), {
        io,
        target: 'draft-2020-12',
        unrepresentable: 'any',
      }) as JsonObject
      for (const [name, definition] of Object.entries((json['$defs'] ?? {}) as JsonObject)) {
        components.set(io === 'input' ? `${name}Input` : name, tidy(definition, io) as JsonObject)
      }
      return tidy((json['properties'] as JsonObject)['it'] as Json, io) as JsonObject
    },
    finish: () => {
      const names = finalNames(components)
      const rename = (part: Json): Json => renameRefs(part, names)
      const schemas: JsonObject = {}
      for (const name of [...components.keys()].sort()) {
        const final = names.get(name) ?? name
        schemas[final] ??= rename(components.get(name) as Json)
      }
      return { schemas: Object.fromEntries(Object.entries(schemas).sort(byKey)), rename }
    },
  }
}

/** An input twin takes the plain name if nobody else has it, or if what has it says the same. */
function finalNames(components: ReadonlyMap<string, JsonObject>): Map<string, string> {
  const plain = (name: string): string => name.replace(/Input$/, '')
  const merged = new Map(
    [...components.keys()].filter((name) => name.endsWith('Input')).map((name) => [name, plain(name)]),
  )
  // Begin by believing that all twins are the same and take back those that are not, until nothing changes.
  for (let changed = true; changed; ) {
    changed = false
    for (const [input, name] of [...merged]) {
      const twin = components.get(name)
      if (twin === undefined) continue
      const same =
        JSON.stringify(sorted(renameRefs(twin, merged))) ===
        JSON.stringify(sorted(renameRefs(components.get(input) as Json, merged)))
      if (!same) changed = merged.delete(input)
    }
  }
  return merged
}

function renameRefs(part: Json, names: ReadonlyMap<string, string>): Json {
  return mapped(part, (key, value) => {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith(refPrefix)) return undefined
    const name = value.slice(refPrefix.length)
    return refPrefix + (names.get(name) ?? name)
  })
}

/** zod's JSON Schema as OpenAPI 3.1 wants it: references into components, `examples` for `example`, no identity, no
 *  pattern of a hundred characters beside the format that says the same. */
function tidy(part: Json, io: 'input' | 'output'): Json {
  if (Array.isArray(part)) return part.map((item) => tidy(item, io))
  if (typeof part !== 'object' || part === null) return part
  const result: JsonObject = {}
  for (const [key, value] of Object.entries(part)) {
    if (key === '$ref' && typeof value === 'string') {
      const name = value.replace('#/$defs/', '')
      result['$ref'] = `${refPrefix}${name}${io === 'input' ? 'Input' : ''}`
    } else if (key === 'properties') {
      result['properties'] = Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, inner]) => [name, tidy(inner, io)]),
      )
    } else if (key === 'example') {
      result['examples'] = [value]
    } else if (key === 'examples' || key === 'default' || key === 'enum' || key === 'const') {
      result[key] = value
    } else if (
      key !== 'id' &&
      key !== '$id' &&
      key !== '$schema' &&
      !(key === 'pattern' && 'format' in part)
    ) {
      result[key] = tidy(value, io)
    }
  }
  return result
}

function mapped(part: Json, replace: (key: string, value: Json) => Json | undefined): Json {
  if (Array.isArray(part)) return part.map((item) => mapped(item, replace))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, replace(key, value) ?? mapped(value, replace)]),
  )
}

/** The same content in one order of keys, so that it compares as text. */
function sorted(part: Json): Json {
  if (Array.isArray(part)) return part.map(sorted)
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part)
      .sort(byKey)
      .map(([key, value]) => [key, sorted(value)]),
  )
}

/** By code unit: the same on every machine, whatever its locale. */
export function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
