import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { buildApp } from '../../../services/api/app.ts'
import { openAuth } from '../../../services/api/auth.ts'
import type { LocalIssuer, TokenRequest } from '../../../services/api/local-issuer.ts'
import { metaRoutes } from '../../../services/api/meta-routes.ts'
import { scopes } from '../../../services/api/scopes.ts'
import type { ApiConfig, AppDeps, AuthConfig, RouteModule } from '../../../services/api/types.ts'
import type { Clock } from '../../../services/platform/clock.ts'
import { createLogger } from '../../../services/platform/log.ts'
import { probeRoutes } from './probe-routes.ts'

export const issuer = 'https://issuer.example.org'
export const audience = 'liggare'

/** A clock that stands still until it is moved. */
export type TestClock = Clock & { move: (ms: number) => void }

export function testClock(start = '2026-03-05T10:00:00Z'): TestClock {
  let now = new Date(start).getTime()
  return {
    now: () => new Date(now),
    move: (ms) => {
      now += ms
    },
  }
}

export type TestApp = {
  readonly app: FastifyInstance
  readonly clock: TestClock
  /** Every line the app has logged. */
  readonly log: string[]
  readonly issuer: LocalIssuer
  readonly token: (request?: Partial<TokenRequest>) => Promise<string>
}

type Options = {
  readonly config?: Partial<ApiConfig>
  readonly checks?: AppDeps<unknown>['checks']
  readonly modules?: readonly RouteModule<Record<never, never>>[]
  readonly auth?: AuthConfig
  readonly clock?: TestClock
}

/** The app with the local issuer and a few routes that do nothing but take and refuse. */
export async function testApp(options: Options = {}): Promise<TestApp> {
  const clock = options.clock ?? testClock()
  const keyPath = join(mkdtempSync(join(tmpdir(), 'liggare-api-')), 'issuer.jwk.json')
  const local = await openAuth({ kind: 'local', issuer, audience, keyPath }, clock)
  const auth = options.auth === undefined ? local : await openAuth(options.auth, clock)
  const { localIssuer } = local
  if (localIssuer === undefined) throw new Error('the local issuer is missing')
  const log: string[] = []
  const app = await buildApp({
    config: {
      bodyLimit: 100_000,
      trustProxy: false,
      rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
      maxEventLoopDelayMs: 0,
      docs: false,
      ...options.config,
    },
    verifyToken: auth.verifyToken,
    publicJwks: localIssuer.publicJwks,
    logger: createLogger({ level: 'trace', destination: { write: (line: string) => void log.push(line) } }),
    clock,
    metrics: new Registry(),
    checks: options.checks ?? {},
    modules: options.modules ?? [metaRoutes, probeRoutes],
    deps: {},
  })
  const token: TestApp['token'] = (request = {}) =>
    localIssuer.mint({
      subject: 'client-17',
      scopes: Object.keys(scopes) as TokenRequest['scopes'],
      controllers: ['kommunstyrelsen'],
      issuedAt: clock.now(),
      expiresInSeconds: 3600,
      ...request,
    })
  return { app, clock, log, issuer: localIssuer, token }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}
