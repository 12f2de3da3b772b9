import { DomainError } from '../platform/errors.ts'

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Another process has stamped a later time. */
export const isOlderThanLog = (error: unknown) => stateOf(error) === 'LG002'

/** SQLSTATE classes 22 (data) and 23 (integrity): the fault lies in an item, not in the connection. */
export const isDataError = (error: unknown) => /^2[23]/.test(stateOf(error))

/** What the caller is told when the database did not say what became of it. */
export function unavailable(cause: unknown): DomainError {
  return new DomainError(
    'log-unavailable',
    'The log did not answer. What was sent may or may not be stored; sending it again is safe.',
    { cause },
  )
}
