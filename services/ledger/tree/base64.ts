/** Standard base64 (RFC 4648 § 4) in its one canonical form, or null: what decodes to the same bytes otherwise is refused. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

/** An ASCII decimal without sign or leading zeros, up to 2^53 − 1 (c2sp.org/tlog-checkpoint, tree size), or null. */
export function decodeDecimal(text: string): number | null {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : null
}
