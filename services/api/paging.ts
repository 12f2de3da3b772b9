import { z } from 'zod'

/** Paging as DIGG's profile has it: `limit` (20 unless told, at most 1,000) and `page` (from 1). */
export const PageQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta({ description: 'Antal per sida / how many on a page', example: 20 }),
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .meta({ description: 'Sida, från 1 / page, from 1', example: 1 }),
})
export type PageQuery = z.infer<typeof PageQuery>

export function offsetOf(query: PageQuery): number {
  return (query.page - 1) * query.limit
}
