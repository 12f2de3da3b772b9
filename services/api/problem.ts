import { z } from 'zod'
import { DomainError, type Violation } from '../platform/errors.ts'
import { HttpError } from './http-error.ts'
import { type ProblemCode, problemKinds } from './problem-kinds.ts'

export const problemMediaType = 'application/problem+json'

/** RFC 9457, as one plain object: the same for every error of every operation. */
export const Problem = z
  .strictObject({
    type: z.string().meta({
      description: 'Vad slags fel / the kind of error, a URI',
      example: 'urn:liggare:problem:validation-failed',
    }),
    title: z.string().meta({
      description: 'Felets namn / its name (Accept-Language: sv, en)',
      example: 'Innehållet håller inte måttet',
    }),
    status: z.int().min(400).max(599).meta({ description: 'HTTP status', example: 422 }),
    detail: z
      .string()
      .optional()
      .meta({ description: 'Vad som kan göras / what can be done', example: '1 field does not fit' }),
    instance: z.string().meta({
      description: 'Begärans id, som står i driftloggen / id of the request',
      example: 'urn:uuid:0198c5a0-0000-7000-8000-000000000001',
    }),
    code: z
      .string()
      .meta({ description: 'Felets kod / its code, of a closed list', example: 'validation-failed' }),
    violations: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'RFC 6901 JSON Pointer', example: '/occurredAt' }),
          reason: z
            .string()
            .meta({ description: 'Varför, aldrig värdet / why, never the value', example: 'is required' }),
        }),
      )
      .optional()
      .meta({ description: 'Vilka fält som inte håller / the fields that do not fit' }),
  })
  .meta({ id: 'Problem', description: 'Fel enligt RFC 9457 / an error by RFC 9457' })
export type Problem = z.infer<typeof Problem>

export type ProblemAnswer = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Problem
}

/** The whole answer to an error that was thrown; what is not known becomes a 500 that says nothing. */
export function problemOf(error: unknown, requestId: string, language: 'sv' | 'en'): ProblemAnswer {
  if (error instanceof DomainError) {
    return answer(error.code, error.message, error.violations, {}, requestId, language)
  }
  if (error instanceof HttpError) {
    return answer(error.code, error.message, error.violations, error.headers, requestId, language)
  }
  return answer('internal', '', [], {}, requestId, language)
}

function answer(
  code: ProblemCode,
  message: string,
  violations: readonly Violation[],
  extra: Readonly<Record<string, string>>,
  requestId: string,
  language: 'sv' | 'en',
): ProblemAnswer {
  const kind = problemKinds[code]
  const detail = kind.detail === 'own' ? message : kind.detail === 'none' ? '' : kind.detail.fixed
  const body: Problem = {
    type: `urn:liggare:problem:${code}`,
    title: kind[language],
    status: kind.status,
    ...(detail === '' ? {} : { detail }),
    instance: `urn:uuid:${requestId}`,
    code,
    ...(violations.length === 0 || kind.detail !== 'own' ? {} : { violations: [...violations] }),
  }
  const retry = kind.retryAfter === undefined ? {} : { 'retry-after': String(kind.retryAfter) }
  return { status: kind.status, headers: { ...retry, ...extra }, body }
}
