import { HttpError } from './http-error.ts'

/** The best of the offered media types, the first of them where the client likes several as much (RFC 9110 § 12.5.1). */
export function negotiate<T extends string>(header: string | undefined, offered: readonly [T, ...T[]]): T {
  if (header === undefined) return offered[0]
  const ranges = header.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((it) => it.trim().toLowerCase())
    const quality = parameters.find((it) => it.startsWith('q='))
    return { range, quality: quality === undefined ? 1 : Number(quality.slice(2)) }
  })
  const qualityOf = (type: string) => {
    const named = [type, `${type.split('/')[0]}/*`, '*/*'].map((it) =>
      ranges.find(({ range }) => range === it),
    )
    return named.find((it) => it !== undefined)?.quality ?? 0
  }
  const [best] = offered.toSorted((a, b) => qualityOf(b) - qualityOf(a))
  if (best === undefined || !(qualityOf(best) > 0))
    throw new HttpError('not-acceptable', `Offered here: ${offered.join(', ')}.`)
  return best
}

/** Swedish or English by Accept-Language (RFC 9110 § 12.5.4); Swedish where neither is liked more. */
export function negotiateLanguage(header: string | undefined): 'sv' | 'en' {
  if (header === undefined) return 'sv'
  const ranges = header.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((it) => it.trim().toLowerCase())
    const quality = Number(parameters.find((it) => it.startsWith('q='))?.slice(2) ?? 1)
    return { language: range.split('-')[0], quality: Number.isNaN(quality) ? 0 : quality }
  })
  const likedAs = (language: string) =>
    ranges.find((it) => it.language === language)?.quality ??
    ranges.find((it) => it.language === '*')?.quality ??
    0
  return likedAs('en') > likedAs('sv') ? 'en' : 'sv'
}
