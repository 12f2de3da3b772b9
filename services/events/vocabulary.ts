import { z } from 'zod'

/** A text that PostgreSQL can hold as it is: well-formed Unicode without NUL, 1 to `max` UTF-16 code units, not only blanks. */
export function text(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((it) => it.isWellFormed() && !it.includes('\u0000'), {
      error: 'must be well-formed Unicode without NUL',
    })
    .refine((it) => it.trim() !== '', { error: 'must not be blank' })
}

/** A calendar day that exists, from 0001-01-01 to 9999-12-31 (proleptic Gregorian), without time or zone. */
export const Day = z.iso
  .date()
  .refine((it) => !it.startsWith('0000'), { error: 'must not be before 0001-01-01' })
  .meta({ id: 'Day', description: 'Kalenderdag / calendar day, YYYY-MM-DD', example: '2026-03-05' })
export type Day = z.infer<typeof Day>

const periodPattern = /^P(?!$)(?:\d{1,3}W|(?:\d{1,3}Y)?(?:\d{1,4}M)?(?:\d{1,5}D)?)$/

/** ISO 8601 duration in whole calendar units: PnYnMnD or PnW. Never hours: retention and supervision count days. */
export const Period = z
  .string()
  .max(20)
  .regex(periodPattern, { error: 'must be PnYnMnD or PnW' })
  .meta({ id: 'Period', description: 'Tid enligt ISO 8601 / ISO 8601 duration', example: 'P2Y' })
export type Period = z.infer<typeof Period>

/** True for P0D and every other way of writing no time at all. */
export function isZeroPeriod(period: Period): boolean {
  return !/[1-9]/.test(period)
}

/** Lower-case words joined by hyphens: names of classes, categories and tags, never of persons. */
export const Slug = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, { error: 'must be lower-case words joined by hyphens' })
  .meta({ id: 'Slug', example: 'private-message' })
export type Slug = z.infer<typeof Slug>

export const WebAddress = z
  .url({ protocol: /^https?$/, hostname: z.regexes.domain })
  .max(2048)
  .meta({ id: 'WebAddress', example: 'https://www.example.org/' })

/** The address of a function (registrator@…), never of a named person: it stands open in headers and in the register. */
export const FunctionEmail = z.email().max(320).meta({
  id: 'FunctionEmail',
  description: 'Funktionsbrevlåda / function mailbox',
  example: 'registrator@example.org',
})

export const Platform = z
  .enum(['facebook', 'instagram', 'x', 'wordpress', 'mastodon', 'linkedin', 'youtube', 'other'])
  .meta({ id: 'Platform', example: 'facebook' })
export type Platform = z.infer<typeof Platform>

/** The decision of the municipality by which something holds: who decided, under which number, when, in which words. */
export const Decision = z
  .strictObject({
    body: text(200).meta({ description: 'Beslutande organ / deciding body', example: 'Kommunstyrelsen' }),
    reference: text(100).meta({ description: 'Diarienummer / reference number', example: 'KS 2026/117' }),
    paragraph: text(50).optional().meta({ description: 'Paragraf i protokollet', example: '§ 42' }),
    date: Day.meta({ example: '2026-01-15' }),
    wording: text(10_000).meta({
      description: 'Beslutets ordalydelse',
      example: 'Kommentarer av ringa betydelse gallras efter två månader.',
    }),
  })
  .meta({ id: 'Decision' })
export type Decision = z.infer<typeof Decision>

/** Days compare as strings, since all are YYYY-MM-DD. An open end reaches on for ever. */
export function runsForward(from: string | undefined, to: string | undefined): boolean {
  return from === undefined || to === undefined || from <= to
}

export const backwards = 'must not be before the first day'

/** The calendar day `days` after another. */
export function dayAfter(day: Day, days = 1): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const after = new Date(0)
  after.setUTCFullYear(year, month - 1, date + days)
  return after.toISOString().slice(0, 10)
}
