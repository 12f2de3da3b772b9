import type { Violation } from '../platform/errors.ts'

/** What the HTTP layer itself refuses, before any domain code is asked. */
export type HttpCode =
  | 'malformed-request'
  | 'malformed-json'
  | 'malformed-encoding'
  | 'token-missing'
  | 'token-invalid'
  | 'scope-missing'
  | 'signature-invalid'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'request-timeout'
  | 'precondition-required'
  | 'body-too-large'
  | 'uri-too-long'
  | 'unsupported-media-type'
  | 'headers-too-large'
  | 'rate-limited'
  | 'overloaded'
  | 'shutting-down'
  | 'issuer-unavailable'
  | 'internal'

/** A refusal of the HTTP layer. `reason` is for the client and holds words of this code base only, nothing of the request. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code: HttpCode
  readonly headers: Readonly<Record<string, string>>
  readonly violations: readonly Violation[]

  constructor(
    code: HttpCode,
    reason: string,
    options: {
      cause?: unknown
      headers?: Readonly<Record<string, string>>
      violations?: readonly Violation[]
    } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.headers = options.headers ?? {}
    this.violations = options.violations ?? []
  }
}
