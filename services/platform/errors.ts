/** Every way in which Liggare says no. `services/api/problem.ts` gives each its HTTP status and title. */
export type ErrorCode =
  | 'validation-failed'
  | 'not-found'
  | 'version-conflict'
  | 'fact-differs'
  | 'already-exists'
  | 'condemned'
  | 'held'
  | 'already-disposed'
  | 'four-eyes-required'
  | 'decision-missing'
  | 'state-conflict'
  | 'log-busy'
  | 'log-unavailable'
  | 'key-destroyed'
  | 'key-mismatch'
  | 'integrity-failed'
  | 'source-malformed'
  | 'source-unsafe'
  | 'misconfigured'

/** One field that does not fit: where (RFC 6901 JSON Pointer) and why. Never the value itself: it may be personal data. */
export type Violation = { readonly pointer: string; readonly reason: string }

/** A refusal with a code of the closed union. The message carries ids and advice, never personal data. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly violations: readonly Violation[]

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; violations?: readonly Violation[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.violations = options.violations ?? []
  }
}
