import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

/** The entity tag of a version of an aggregate: a strong tag, since a version has one content. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/**
 * The version that the client believes to change (If-Match). Undefined if it does not say; `*` says any version.
 * Several tags are not offered here: a client that changes something has read one version of it.
 */
export function expectedVersion(request: FastifyRequest): number | 'any' | undefined {
  const header = request.headers['if-match']
  if (header === undefined) return undefined
  if (header === '*') return 'any'
  const version = /^"(0|[1-9][0-9]{0,8})"$/.exec(header)?.[1]
  if (version === undefined)
    throw new HttpError('malformed-request', 'If-Match is one entity tag as it was sent in ETag, or *.')
  return Number(version)
}

/** The version that a change must name: without one two clients would overwrite each other unseen (RFC 6585 § 3). */
export function requiredVersion(request: FastifyRequest): number | 'any' {
  const expected = expectedVersion(request)
  if (expected !== undefined) return expected
  throw new HttpError(
    'precondition-required',
    'Say in If-Match which version is changed: the ETag that was read, or *.',
  )
}
