import { Registry } from 'prom-client'
import { buildApp } from '../../services/api/app.ts'
import { openAuth } from '../../services/api/auth.ts'
import { routeModules } from '../../services/api/routes.ts'
import { apiConfigOf, authConfigOf } from '../../services/api/settings.ts'
import type { Actor } from '../../services/api/types.ts'
import { openRuntime } from '../../services/commands/runtime.ts'
import type { Keyring } from '../../services/ledger/keyring.ts'
import type { Ledger } from '../../services/ledger/ledger.ts'
import { type LogWriter, logWriter } from '../../services/ledger/log-writer.ts'
import type { Variant } from './variants.ts'

/** Serves as `liggare api` does, with one part left out. */
export async function serveVariant(variant: Variant): Promise<void> {
  const runtime = await openRuntime()
  const { config, clock, log } = runtime
  const opened = await runtime.ledger('api')
  const ledger =
    variant === 'without-second-database' ? withKeyring(opened, inMemory(opened.keyring)) : opened
  const { verifyToken } = await openAuth(authConfigOf(config), clock)
  const anybody: Actor = { id: 'bench', scopes: new Set(['interactions:write']), controllers: '*' }
  const app = await buildApp({
    config: apiConfigOf(config),
    verifyToken: variant === 'without-token-check' ? () => anybody : verifyToken,
    logger: log,
    clock,
    metrics: new Registry(),
    checks: {},
    modules: routeModules,
    deps: { ledger, clock, config },
  })
  await app.listen({ host: config.host, port: config.port })
  process.once('SIGTERM', async () => {
    await app.close()
    await ledger.drain()
    await runtime.close()
  })
}

/** The same ledger, whose writers take another keyring. */
function withKeyring(ledger: Ledger, keyring: Keyring): Ledger {
  const { pool, clock } = ledger
  const writers = new Map<number, LogWriter>()
  return {
    ...ledger,
    keyring,
    writer: (log) => {
      const writer =
        writers.get(log.controller) ??
        logWriter({ pool, keyring, clock, log, digests: ledger.digests(log.controller) })
      writers.set(log.controller, writer)
      return writer
    },
    drain: async () => {
      await Promise.all([...writers.values()].map((writer) => writer.drain()))
    },
  }
}

/** Wraps and stores nothing: persons' keys stay in memory, part secrets are forgotten. */
function inMemory(keyring: Keyring): Keyring {
  const keys = new Map<string, Buffer>()
  return {
    ...keyring,
    put: async (_controller, { subjects }) => {
      for (const { subjectId, key } of subjects) keys.set(subjectId, key)
    },
    subjectKeys: async (_controller, ids) => {
      const found = ids.map((id) => [id, keys.get(id)] as const)
      return new Map(found.filter((entry): entry is readonly [string, Buffer] => entry[1] !== undefined))
    },
  }
}
