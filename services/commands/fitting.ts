import type { z } from 'zod'
import { DomainError } from '../platform/errors.ts'

/** What a user wrote, or `validation-failed` with the members that do not fit. */
export function fitting<T>(schema: z.ZodType<T>, given: unknown, what: string): T {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((it) => `${it.path.join('.')} ${it.message}`.trim()).join('; ')
  throw new DomainError('validation-failed', `The ${what} does not fit: ${fields}`)
}
