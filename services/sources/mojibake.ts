import type { Json, JsonObject } from './lossless.ts'

/** The name of the repair, as in `repair`. */
export const metaRepair = 'meta-latin1/v1'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Meta's exports write each UTF-8 byte as a code point of its own: `å` comes as `Ã¥`. The text that was meant, or undefined where
 * this one is no such text: nothing above ASCII, a code point that is no byte, bytes that are no UTF-8.
 */
export function unscramble(text: string): string | undefined {
  if (!/[\u0080-\u00ff]/.test(text) || /[^\u0000-\u00ff]/.test(text)) return undefined
  try {
    return decoder.decode(Buffer.from(text, 'latin1'))
  } catch {
    return undefined
  }
}

/**
 * Whether a file is scrambled. A single text cannot tell: in a right file `Ã¥` may be what somebody wrote about the fault. In a
 * scrambled file nearly every text beyond ASCII decodes, in a right one nearly none does; on a draw it is left as it is.
 */
export function isScrambled(file: Json): boolean {
  const texts = new Set<string>()
  collect(file, texts)
  let scrambled = 0
  let right = 0
  for (const text of texts) {
    if (unscramble(text) !== undefined) scrambled++
    else if (!isCutShort(text)) right++
  }
  return scrambled > right
}

/** Meta cuts long titles between two bytes of a character: such a text says nothing about the file. */
function isCutShort(text: string): boolean {
  const head = text.replace(/[\u00c2-\u00f4][\u0080-\u00bf]{0,2}$/, '')
  return head !== text && (!/[^\u0000-\u007f]/.test(head) || unscramble(head) !== undefined)
}

function collect(value: Json, into: Set<string>): void {
  if (typeof value === 'string') {
    if (/[^\u0000-\u007f]/.test(value)) into.add(value)
  } else if (Array.isArray(value)) {
    for (const each of value as readonly Json[]) collect(each, into)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      collect(key, into)
      collect(each, into)
    }
  }
}

/** The whole value with keys, names and texts repaired; what is no mojibake stays as it is. */
export function repairAll(value: Json): Json {
  if (typeof value === 'string') return unscramble(value) ?? value
  if (Array.isArray(value)) return (value as readonly Json[]).map(repairAll)
  if (typeof value !== 'object' || value === null) return value
  const repaired: JsonObject = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [unscramble(key) ?? key, repairAll(each)]),
  )
  return repaired
}
