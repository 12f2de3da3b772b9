type EmailFlag = { readonly kind: 'email'; readonly start: number; readonly end: number }

const localCharacter = /[\p{L}\p{M}\p{N}._%+'-]/u
const domain = /(?:[\p{L}\p{M}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{M}\p{N}])/uy

/** RFC 5321 § 4.5.3.1.1 */
const longestLocalPart = 64

/** Reads outwards from each @, so that a long text without one costs nothing. `@name@host` is an account, not an address. */
export function findEmails(text: string): EmailFlag[] {
  const found: EmailFlag[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < longestLocalPart && localCharacter.test(text[start - 1] ?? ''))
      start -= 1
    const account = text[start - 1] === '@'
    while (start < at && /[.'-]/.test(text[start] ?? '')) start += 1
    if (start === at || account) continue
    domain.lastIndex = at + 1
    if (domain.test(text)) found.push({ kind: 'email', start, end: domain.lastIndex })
  }
  return found
}
