import { Registry } from 'prom-client'
import { systemClock } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { createLogger } from '../platform/log.ts'
import { buildApp } from './app.ts'
import { type CollectedOperation, documentOf } from './openapi.ts'
import { type Deps, routeModules } from './routes.ts'
import type { RouteModule } from './types.ts'

/** The contract as the bytes of openapi/openapi.json, built without a database. */
export async function contractText(): Promise<string> {
  return `${JSON.stringify(documentOf(await declaredOperations(routeModules)), null, 2)}\n`
}

/** Builds the app around dependencies that must not be used, and returns what its modules declared. */
export async function declaredOperations(
  modules: readonly RouteModule<Deps>[],
): Promise<readonly CollectedOperation[]> {
  const app = await buildApp<Deps>({
    config: {
      bodyLimit: 1_048_576,
      trustProxy: false,
      rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
      maxEventLoopDelayMs: 0,
      docs: false,
    },
    verifyToken: () => {
      throw new DomainError('misconfigured', 'the app of the contract takes no requests')
    },
    logger: createLogger({ level: 'silent' }),
    clock: systemClock,
    metrics: new Registry(),
    checks: {},
    modules,
    deps: untouchable() as Deps,
  })
  const { operations } = app
  await app.close()
  return operations
}

/** Stands for any dependency while routes are declared: may be taken apart, may not be called. */
function untouchable(): unknown {
  const proxy: unknown = new Proxy(() => {}, {
    get: (_target, key) => (key === 'then' || typeof key === 'symbol' ? undefined : proxy),
    apply: () => {
      throw new DomainError('misconfigured', 'a route module used a dependency while it was being declared')
    },
  })
  return proxy
}
