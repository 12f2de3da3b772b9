export type Node = { readonly [key: string]: unknown }

/** Everything is said here, so that nobody has to fetch a context. What DPV has no word for stands under `liggare:`. */
export const context = {
  dpv: 'https://w3id.org/dpv#',
  'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
  pd: 'https://w3id.org/dpv/pd#',
  dct: 'http://purl.org/dc/terms/',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  liggare: 'urn:liggare:ns:',
} as const

export function day(value: string): Node {
  return { '@type': 'xsd:date', '@value': value }
}

/** What is undeclared is left out, and an empty list with it: that there is none is said by `liggare:none`. */
export function without(node: Readonly<Record<string, unknown>>): Node {
  return Object.fromEntries(
    Object.entries(node).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )
}

/** A term by itself, or something of its kind where a text or a source says more. */
export function ofTerm(dpv: string, text?: string, source?: string): Node {
  if (text === undefined && source === undefined) return { '@id': dpv }
  return without({ '@type': dpv, 'dct:source': source, 'dct:description': text })
}
