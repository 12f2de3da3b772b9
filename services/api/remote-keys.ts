import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../platform/clock.ts'
import { HttpError } from './http-error.ts'

export type RemoteKeysOptions = {
  readonly url: string
  readonly clock: Clock
  /** How long the issuer is left alone after an unknown key id or a failed fetch; milliseconds. */
  readonly cooldownMs: number
  readonly timeoutMs: number
}

/**
 * The issuer's published keys. When the issuer cannot be reached, keys already seen go on working; a token by a key
 * not seen is answered 503, since nobody can say that it is wrong.
 */
export function remoteKeys(options: RemoteKeysOptions): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(options.url), {
    cooldownDuration: options.cooldownMs,
    timeoutDuration: options.timeoutMs,
  })
  let failedAt = Number.NEGATIVE_INFINITY

  return async (header, token) => {
    const now = options.clock.now().getTime()
    if (now - failedAt >= options.cooldownMs) {
      try {
        return await remote(header, token)
      } catch (error) {
        if (isAboutTheToken(error)) throw error
        failedAt = now
      }
    }
    const seen = remote.jwks()
    if (seen === undefined) throw unavailable()
    try {
      return await createLocalJWKSet(seen)(header, token)
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? unavailable() : error
    }
  }
}

function unavailable(): HttpError {
  return new HttpError(
    'issuer-unavailable',
    "The key set of the token's issuer cannot be fetched. Try again later.",
  )
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
