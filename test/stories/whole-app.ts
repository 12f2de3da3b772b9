import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Pool } from 'pg'
import { Registry } from 'prom-client'
import { buildApp } from '../../services/api/app.ts'
import { openAuth } from '../../services/api/auth.ts'
import { routeModules } from '../../services/api/routes.ts'
import { type Scope, scopes } from '../../services/api/scopes.ts'
import { readinessChecks } from '../../services/commands/readiness.ts'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Ledger, openLedger } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import { type FixedClock, fixedClock } from '../support/clock.ts'
import { freshDatabases, type TestDatabases } from '../support/database.ts'

/** Every module of the API over databases of its own, in this process. */
export type WholeApp = {
  readonly app: FastifyInstance
  readonly databases: TestDatabases
  readonly ledger: Ledger
  readonly clock: FixedClock
  /** A client for some controllers with some scopes, by default all. */
  readonly client: (controllers: readonly string[], scopes?: readonly Scope[]) => Promise<Client>
  readonly close: () => Promise<void>
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<LightMyRequestResponse>

export const allScopes = Object.keys(scopes) as Scope[]

/** The app's way to its databases, when it is not the test's own. */
export type Pools = { readonly ledger: Pool; readonly keyring: Pool }

export async function wholeApp(
  way?: (databases: TestDatabases) => Pools | Promise<Pools>,
): Promise<WholeApp> {
  const databases = await freshDatabases()
  const pools = (await way?.(databases)) ?? { ledger: databases.ledger('api'), keyring: databases.keyring() }
  const clock = fixedClock('2026-03-05T10:00:00Z')
  createKeyFile(databases.config.keyFile)
  const ledger = await openLedger({
    pool: pools.ledger,
    keyringPool: pools.keyring,
    provider: openKeyFile(databases.config.keyFile),
    clock,
  })
  const keyPath = join(databases.folder, 'issuer.jwk.json')
  const issuer = 'https://issuer.example.org'
  const { verifyToken, localIssuer } = await openAuth(
    { kind: 'local', issuer, audience: 'liggare', keyPath },
    clock,
  )
  if (localIssuer === undefined) throw new Error('the local issuer is missing')
  const app = await buildApp({
    config: {
      bodyLimit: 4_194_304,
      trustProxy: false,
      rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
      maxEventLoopDelayMs: 0,
      docs: false,
    },
    verifyToken,
    logger: createLogger({ level: 'silent' }),
    clock,
    metrics: new Registry(),
    checks: readinessChecks(ledger),
    modules: routeModules,
    deps: { ledger, clock, config: databases.config },
  })
  return {
    app,
    databases,
    ledger,
    clock,
    client: async (controllers, granted = allScopes) => {
      const token = await localIssuer.mint({
        subject: 'client-17',
        scopes: granted,
        controllers,
        issuedAt: clock.now(),
        expiresInSeconds: 3600,
      })
      return (method, path, body, headers = {}) =>
        app.inject({
          method: method as NonNullable<InjectOptions['method']>,
          url: `/liggare/v1${path}`,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        })
    },
    close: async () => {
      await app.close()
      await ledger.drain()
      await databases.close()
    },
  }
}
