/** W3C Trace Context, level 1: version 00 exactly, later versions by their first four fields. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

const zeroTrace = '0'.repeat(32)
const zeroSpan = '0'.repeat(16)

/** The trace id of a valid `traceparent`, else null: an invalid one is dropped whole, never logged. */
export function traceIdOf(header: string | string[] | undefined): string | null {
  if (typeof header !== 'string') return null
  const match = form.exec(header)
  if (match === null) return null
  const [, version, trace, span, , rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null
  return trace === undefined || trace === zeroTrace || span === zeroSpan ? null : trace
}
