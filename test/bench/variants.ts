/** What can be left out, one at a time, to see what it costs. Only here: the product has no such switches. */
export const variants = [
  'without-token-check',
  'without-sealing',
  'without-second-database',
  'without-projections',
] as const
export type Variant = (typeof variants)[number]

export function isVariant(word: string | undefined): word is Variant {
  return variants.some((variant) => variant === word)
}
