import { HttpError } from '../api/http-error.ts'
import { problemOf } from '../api/problem.ts'
import type { Ingested } from './ingest.ts'
import type { BatchOutcome, Outcome } from './schemas.ts'

/** What a client is told of one of many: in a batch and in a stream it is the same as of one by itself. */
export function outcomeOf(one: Ingested | Error): Outcome {
  if (one instanceof Error) {
    const { status, body } = problemOf(one, '', 'en')
    const { code, detail, violations } = body
    return {
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(violations === undefined ? {} : { violations }),
    }
  }
  const { id, position } = one.receipt
  return { status: one.repeated ? 200 : 201, id, position }
}

export function batchOutcome(all: readonly (Ingested | Error)[]): BatchOutcome {
  const outcomes = all.map((one, index) => ({ index, ...outcomeOf(one) }))
  const count = (has: (status: number) => boolean) => outcomes.filter(({ status }) => has(status)).length
  return {
    recorded: count((status) => status === 201),
    repeated: count((status) => status === 200),
    refused: count((status) => status > 201),
    outcomes,
  }
}

/** The refusals of a body, said of a line. */
export function ofLine(error: unknown): Error {
  if (error instanceof HttpError)
    return new HttpError(error.code, error.message.replace(/^The body/, 'The line'))
  return error instanceof Error ? error : new Error('not an error', { cause: error })
}
