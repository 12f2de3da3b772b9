import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'
import type { Actor, RateLimits } from './types.ts'

export type Limiter = {
  /** Counts a request without a (valid) token by address; addresses stay in memory. */
  readonly anonymous: (request: FastifyRequest, done: (error?: Error) => void) => void
  /** Counts a client's requests; throws beyond its limit. */
  readonly client: (actor: Actor) => void
}

const windowMs = 60_000

export async function createLimiter(app: FastifyInstance, limits: RateLimits): Promise<Limiter> {
  return {
    anonymous: await anonymousLimit(app, limits.anonymousPerMinute),
    client: clientLimit(limits.clientPerMinute),
  }
}

async function anonymousLimit(app: FastifyInstance, max: number): Promise<Limiter['anonymous']> {
  if (max === 0) return (_request, done) => done()
  await app.register(rateLimit, { global: false, max, timeWindow: windowMs, cache: 20_000 })
  const check = app.createRateLimit()
  return (request, done) => {
    check(request).then((state) => {
      if (state.isAllowed || !state.isExceeded) return done()
      done(limited(state.ttlInSeconds))
    }, done)
  }
}

/** A fixed window per client: a synchronous count, since this stands on the hot path. */
function clientLimit(max: number): Limiter['client'] {
  if (max === 0) return () => {}
  let started = performance.now()
  const counts = new Map<string, number>()
  return ({ id }) => {
    const now = performance.now()
    if (now - started >= windowMs) {
      started = now
      counts.clear()
    }
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    if (count > max) throw limited(Math.ceil((started + windowMs - now) / 1000))
  }
}

function limited(seconds: number): HttpError {
  return new HttpError('rate-limited', 'Too many requests within a minute.', {
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  })
}
