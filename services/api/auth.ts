import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { HttpError } from './http-error.ts'
import type { Limiter } from './limits.ts'
import { type LocalIssuer, openLocalIssuer } from './local-issuer.ts'
import { remoteKeys } from './remote-keys.ts'
import type { Scope } from './scopes.ts'
import { createVerifier } from './token-verifier.ts'
import type { Actor, AuthConfig, VerifyToken } from './types.ts'

const remoteAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const

/** Opens what the configuration names: the built-in issuer with its key file, or somebody else's key set. */
export async function openAuth(
  config: AuthConfig,
  clock: Clock,
): Promise<{ verifyToken: VerifyToken; localIssuer?: LocalIssuer }> {
  if (config.kind === 'local') {
    const localIssuer = await openLocalIssuer(config.keyPath, config.issuer, config.audience)
    const { issuer, audience } = config
    const verifyToken = createVerifier({
      issuer,
      audience,
      algorithms: ['ES256'],
      tokenType: 'at+jwt',
      key: localIssuer.key,
      clock,
    })
    return { verifyToken, localIssuer }
  }
  const { issuer, audience, jwksUrl, tokenType = 'at+jwt', cooldownMs = 30_000, timeoutMs = 5_000 } = config
  const key = remoteKeys({ url: jwksUrl, clock, cooldownMs, timeoutMs })
  return {
    verifyToken: createVerifier({ issuer, audience, algorithms: remoteAlgorithms, tokenType, key, clock }),
  }
}

/** Guards every operation of the instance: token, scope and controller are settled before a byte of the body is read. */
export function guardOperations(app: FastifyInstance, verifyToken: VerifyToken, limiter: Limiter): void {
  app.decorateRequest('actor', null)
  app.addHook('onRoute', (route) => {
    if (route.config?.operation === undefined) {
      throw new DomainError('misconfigured', `The route ${route.url} is not declared as an operation`)
    }
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const scope = request.routeOptions.config.operation?.scope
    // No route: nothing is behind it, the not-found handler answers.
    if (scope === undefined) return done()
    // A platform posts as often as people write, from addresses that all of us share: what limits it is its signature.
    if (scope === 'signed') return done()
    if (scope === 'public') return limiter.anonymous(request, done)
    const admit = (actor: Actor): void => {
      request.actor = actor
      settle(done, () => {
        requireScope(actor, scope)
        const controller = (request.params as Record<string, string | undefined>)['controller']
        if (controller !== undefined) requireController(actor, controller)
        limiter.client(actor)
      })
    }
    // The limit counts refused tokens by address; it never shadows the refusal before the limit is reached.
    const refuse = (error: unknown): void =>
      limiter.anonymous(request, (limited) => done(limited ?? asError(error)))
    try {
      const actor = verifyToken(bearerOf(request))
      if (actor instanceof Promise) actor.then(admit, refuse)
      else admit(actor)
    } catch (error) {
      refuse(error)
    }
  })
}

function settle(done: (error?: Error) => void, check: () => void): void {
  let refused: Error | undefined
  try {
    check()
  } catch (error) {
    refused = asError(error)
  }
  done(refused)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('not an error', { cause: error })
}

function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization
  if (header === undefined)
    throw new HttpError('token-missing', 'Send an access token: Authorization: Bearer ….')
  // What a token may consist of is left to its reading: this stands on the hot path.
  const token = header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7) : ''
  if (token === '') {
    throw new HttpError('token-invalid', 'The Authorization header is not of the form Bearer ….')
  }
  return token
}

function requireScope(actor: Actor, scope: Scope): void {
  if (!actor.scopes.has(scope))
    throw new HttpError('scope-missing', `The access token lacks the scope ${scope}.`)
}

/** "Not yours" is said in the words of "not there", so that a token cannot find out which controllers exist. */
export function requireController(actor: Actor, controller: string): void {
  if (actor.controllers === '*' || actor.controllers.has(controller)) return
  throw new DomainError('not-found', 'no such controller')
}

/** The actor of a guarded request. Operations of scope 'public' have none and must not ask. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null)
    throw new DomainError('misconfigured', 'an operation without a token asked who its actor is')
  return request.actor
}
