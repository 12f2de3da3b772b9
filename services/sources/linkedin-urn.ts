/**
 * One form for one comment: LinkedIn writes `urn:li:comment:(activity:1,2)` in one place and
 * `urn:li:comment:(urn:li:activity:1,2)` in another of the same notification.
 */
export function commentUrn(urn: string): string {
  return urn.replace(/^urn:li:comment:\((?=(?:activity|share|ugcPost):)/, 'urn:li:comment:(urn:li:')
}

/** The URN of a post, or of the comment where the link names one, in a link of an export. */
export function urnInLink(link: string | undefined): { post?: string; comment?: string } {
  if (link === undefined) return {}
  const readable = unescaped(link)
  const comment = /urn:li:comment:\([^()]{1,200}\)/.exec(readable)?.[0]
  const post = /urn:li:(?:activity|share|ugcPost|article):\d{1,30}/.exec(readable)?.[0]
  return {
    ...(post === undefined ? {} : { post }),
    ...(comment === undefined ? {} : { comment: commentUrn(comment) }),
  }
}

function unescaped(link: string): string {
  try {
    return decodeURIComponent(link)
  } catch {
    return link
  }
}
