import { buildApp } from '../api/app.ts'
import { openAuth } from '../api/auth.ts'
import { routeModules } from '../api/routes.ts'
import { apiConfigOf, authConfigOf } from '../api/settings.ts'
import { startSchedule } from '../jobs/schedule.ts'
import { checkpointFolder, startWorker, type Worker } from '../jobs/worker.ts'
import { deliveryStoreOf } from './delivery-store.ts'
import { measureAll } from './metrics.ts'
import { readinessChecks } from './readiness.ts'
import { assertAgreement, recoverRuntime } from './recover-runtime.ts'
import { openRuntime, type Runtime } from './runtime.ts'
import { vouchersOf } from './vouchers.ts'

export type ServeOptions = { readonly migrate: boolean; readonly api: boolean; readonly worker: boolean }

/** How long a shutdown waits for what is under way before the process ends all the same, in milliseconds. */
const drainMs = 25_000

/** Serves until SIGTERM or SIGINT; then takes nothing new, finishes what it has accepted, and ends. */
export async function serve(options: ServeOptions): Promise<void> {
  let stop: (code: number) => void = () => {}
  const stopped = new Promise<number>((resolve) => {
    stop = resolve
  })
  const runtime = await openRuntime({ serving: true, mayCreateKey: options.migrate, onLost: () => stop(1) })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(0))
  try {
    if (options.migrate) await runtime.databases.migrate()
    await runtime.databases.assertReady(options.api ? 'api' : 'worker')
    // Before anything is served: what was erased must not come back by a restored backup.
    if (options.worker) await recoverRuntime(runtime, { starting: true })
    else await assertAgreement(runtime)
    const worker = options.worker ? await runWorker(runtime) : undefined
    const app = options.api ? await listen(runtime) : undefined
    const code = await stopped
    const timer = setTimeout(() => process.exit(1), drainMs)
    timer.unref()
    await app?.close()
    await worker?.stop()
    process.exitCode = code
  } finally {
    await runtime.close()
  }
}

async function listen(runtime: Runtime) {
  const { config, clock, log } = runtime
  const ledger = await runtime.ledger('api')
  const { verifyToken, localIssuer } = await openAuth(authConfigOf(config), clock)
  const app = await buildApp({
    config: apiConfigOf(config),
    verifyToken,
    ...(localIssuer === undefined ? {} : { publicJwks: localIssuer.publicJwks }),
    logger: log,
    clock,
    metrics: measureAll(ledger),
    checks: readinessChecks(ledger),
    modules: routeModules,
    deps: { ledger, clock, config, ...deliveryStoreOf(config) },
  })
  await app.listen({ host: config.host, port: config.port })
  log.info({ url: config.publicUrl, docs: `${config.publicUrl}/docs` }, 'serving')
  return app
}

async function runWorker(runtime: Runtime): Promise<Worker> {
  const { config, log } = runtime
  const ledger = await runtime.ledger('worker')
  const worker = await startWorker({
    ledger,
    purgePool: runtime.databases.ledger('purge'),
    journal: runtime.journal(),
    log,
    checkpoints: checkpointFolder(config.journalFile),
    recordsPerSecond: config.purgeRate,
    sweepIntervalHours: config.sweepIntervalHours,
    vouchers: vouchersOf(config),
    ...deliveryStoreOf(config),
  })
  const pool = runtime.databases.ledger('worker')
  const schedule = await startSchedule({ ...config, ledger, pool, log })
  return {
    stop: async () => {
      await schedule.stop()
      await worker.stop()
    },
  }
}
