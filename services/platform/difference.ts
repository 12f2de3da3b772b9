import { canonicalJson, type Json } from './json.ts'

/** One place in which two values differ, by RFC 6901 pointer; what is absent on a side is left out. */
export type Change = {
  readonly pointer: string
  readonly before?: Json | undefined
  readonly after?: Json | undefined
}

/**
 * Where two JSON values differ. Objects are compared member by member; a list is one value, because what stands at an
 * index says nothing of what stood there before.
 */
export function differenceOf(before: unknown, after: unknown, pointer = ''): Change[] {
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((name) => differenceOf(before[name], after[name], `${pointer}/${escaped(name)}`))
  }
  if (textOf(before) === textOf(after)) return []
  return [
    {
      pointer,
      ...(before === undefined ? {} : { before: before as Json }),
      ...(after === undefined ? {} : { after: after as Json }),
    },
  ]
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value as Json)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
