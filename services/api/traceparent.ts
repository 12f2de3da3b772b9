/** W3C Trace Context, level 1: version 00 exactly, later versions by their first four fields. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

const zeroTrace = '0'.repeat(32)
const zeroSpan = '0'.repeat(16)

/** The caller's span, as W3C Trace Context names it: hexadecimal ids, and flags of which bit 0 says *sampled*. */
export type RemoteSpan = { readonly traceId: string; readonly spanId: string; readonly flags: number }

/** What a valid `traceparent` names, else null: an invalid one is dropped whole, never logged. */
export function remoteSpanOf(header: string | string[] | undefined): RemoteSpan | null {
  if (typeof header !== 'string') return null
  const match = form.exec(header)
  if (match === null) return null
  const [, version, traceId, spanId, flags, rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null
  if (traceId === undefined || traceId === zeroTrace || spanId === undefined || spanId === zeroSpan)
    return null
  return { traceId, spanId, flags: Number.parseInt(flags ?? '0', 16) & 1 }
}
