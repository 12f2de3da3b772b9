import { hash } from 'node:crypto'
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../platform/clock.ts'
import { HttpError } from './http-error.ts'
import { isScope, type Scope } from './scopes.ts'
import type { Actor, VerifyToken } from './types.ts'

/** How long a verified token is believed without a new check, in milliseconds; a removed key works no longer than this. */
const cacheMs = 60_000
const cacheEntries = 10_000
/** Larger tokens are refused unread: they would only cost time. */
const maxTokenLength = 8_192

export type VerifierOptions = {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  readonly tokenType: 'at+jwt' | 'any'
  readonly key: JWTVerifyGetKey
  readonly clock: Clock
}

type Believed = { readonly actor: Actor; readonly until: number }

/**
 * RFC 9068 access tokens. A signature costs some 80 µs, so a verified token is remembered by its digest until it
 * expires, a minute at most; refused tokens are not remembered.
 */
export function createVerifier(options: VerifierOptions): VerifyToken {
  const believed = new Map<string, Believed>()
  return (token) => {
    if (token.length > maxTokenLength) throw new HttpError('token-invalid', 'The access token is too long.')
    const now = options.clock.now().getTime()
    const digest = hash('sha256', token, 'base64url')
    const known = believed.get(digest)
    if (known !== undefined) {
      believed.delete(digest)
      if (known.until > now) {
        believed.set(digest, known)
        return known.actor
      }
    }
    return verify(token, options).then(({ actor, exp }) => {
      believed.set(digest, { actor, until: Math.min(exp * 1000, now + cacheMs) })
      const oldest = believed.size > cacheEntries ? believed.keys().next().value : undefined
      if (oldest !== undefined) believed.delete(oldest)
      return actor
    })
  }
}

async function verify(token: string, options: VerifierOptions): Promise<{ actor: Actor; exp: number }> {
  const { payload } = await jwtVerify(token, options.key, {
    issuer: options.issuer,
    audience: options.audience,
    algorithms: [...options.algorithms],
    ...(options.tokenType === 'any' ? {} : { typ: options.tokenType }),
    requiredClaims: ['iss', 'aud', 'exp', 'sub'],
    currentDate: options.clock.now(),
  }).catch((error: unknown) => {
    throw refusal(error)
  })
  return { actor: actorOf(payload), exp: payload.exp ?? 0 }
}

/** One answer for each way of being wrong that the holder of a token can do something about; the rest share one. */
function refusal(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof errors.JWTExpired)
    return new HttpError('token-invalid', 'The access token has expired.')
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return new HttpError('token-invalid', 'The access token is meant for another audience.')
  }
  if (error instanceof errors.JOSEError)
    return new HttpError('token-invalid', 'The access token is not valid here.', { cause: error })
  return new HttpError('token-invalid', 'The access token cannot be read.', { cause: error })
}

function actorOf(payload: JWTPayload): Actor {
  const { sub, scope } = payload
  if (typeof sub !== 'string' || sub === '')
    throw new HttpError('token-invalid', 'The access token names no subject.')
  if (scope !== undefined && typeof scope !== 'string') {
    throw new HttpError('token-invalid', 'The claim scope is not a string (RFC 8693 § 4.2).')
  }
  const scopes = new Set<Scope>((scope ?? '').split(' ').filter(isScope))
  return { id: sub, scopes, controllers: controllersOf(payload['controller'], scopes) }
}

function controllersOf(claim: unknown, scopes: ReadonlySet<Scope>): Actor['controllers'] {
  const slugs: unknown[] = Array.isArray(claim) ? claim : claim === undefined ? [] : [claim]
  if (!slugs.every((slug): slug is string => typeof slug === 'string')) {
    throw new HttpError('token-invalid', 'The claim controller is neither a slug nor a list of slugs.')
  }
  if (!slugs.includes('*')) return new Set(slugs)
  if (!scopes.has('controllers:write')) {
    throw new HttpError(
      'token-invalid',
      'All controllers (*) are only for tokens with the scope controllers:write.',
    )
  }
  return '*'
}
