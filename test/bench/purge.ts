import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabases } from '../../services/db/open.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import { openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Log, openLedger } from '../../services/ledger/ledger.ts'
import { localDay, systemClock } from '../../services/platform/clock.ts'
import { loadConfig } from '../../services/platform/config.ts'
import { createLogger } from '../../services/platform/log.ts'
import { approvePurge, orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { startApi } from './api-process.ts'
import type { Cluster } from './cluster.ts'
import { buildHouse, type House } from './house.ts'
import type { LoadProcess } from './load-process.ts'
import { fill } from './purge-fill.ts'
import type { Span } from './sample.ts'
import type { Target } from './targets.ts'

export type PurgeSizes = { readonly stored: number; readonly due: number }

/** What a purge cost, and what it cost those who appended meanwhile. Rates in records or events a second. */
export type PurgeMeasured = PurgeSizes & {
  readonly alone: number
  /** Highest memory of the purging process above where it began, in MiB. */
  readonly memory: number
  readonly appends: number
  readonly besideAppends: number
  readonly appendsBeside: number
  readonly appendP99: number
  readonly appendP99Beside: number
}

/** Purges half of the due with nothing else going on, and half while as much is appended as an api process takes. */
export async function measurePurge(
  cluster: Cluster,
  load: LoadProcess,
  sizes: PurgeSizes,
  span: Span,
  say: (text: string) => void,
): Promise<PurgeMeasured> {
  const house = await buildHouse(cluster, 'purge', 1)
  const [target] = house.targets as [House['targets'][0]]
  const config = loadConfig({
    ...house.environment,
    DATABASE_URL: cluster.url(house.databases[0] as string),
    KEYRING_DATABASE_URL: cluster.url(house.databases[1] as string),
  })
  const provider = openKeyFile(config.keyFile)
  const databases = await openDatabases(config, {
    passwordFor: (role) => provider.derive(`role/v1/${role}`).toString('base64url'),
    log: createLogger({ level: 'silent' }),
  })
  const api = await startApi(house, cluster.folder)
  try {
    const ledger = await openLedger({
      pool: databases.ledger('worker'),
      keyringPool: databases.keyring(),
      provider,
      clock: systemClock,
    })
    const log = (await ledger.find(target.slug)) as Log
    const deps: PurgeDeps = {
      ledger,
      purgePool: databases.ledger('purge'),
      journal: openJournal(config.journalFile),
    }
    say(`writing ${sizes.stored} records, ${sizes.due} of them due\n`)
    await fill(cluster, house, { controller: log.controller, channel: target.channel, ...sizes })
    const halfway = new Date(Date.UTC(2015, 0, 1) + 1000 * 86_400_000).toISOString().slice(0, 10)
    say('purging half of them\n')
    const alone = await purgeUntil(deps, log, halfway)
    const append = (job: string, ms: number) =>
      load.run({
        warmUpMs: span.warmUpMs,
        ms,
        kind: 'single',
        size: 1,
        inFlight: 64,
        port: api.port,
        token: api.token,
        targets: [target],
        prefix: job,
      })
    say('appending, 64 in flight\n')
    await append('warm', span.ms)
    const before = await append('before', span.ms)
    say('purging the other half meanwhile\n')
    const expected = (sizes.due / 2 / alone.rate) * 1000
    const [beside, during] = await Promise.all([
      sleep(span.warmUpMs).then(() => purgeUntil(deps, log, '2025-01-01', alone.rule)),
      append('during', Math.max(span.ms, expected)),
    ])
    return {
      ...sizes,
      alone: alone.rate,
      memory: Math.max(alone.memory, beside.memory),
      appends: before.events / before.seconds,
      besideAppends: beside.rate,
      appendsBeside: during.events / during.seconds,
      appendP99: p99(before.latencies),
      appendP99Beside: p99(during.latencies),
    }
  } finally {
    await api.stop()
    await databases.close()
  }
}

function p99(latencies: Float64Array): number {
  return latencies.toSorted()[Math.floor(latencies.length * 0.99)] ?? Number.NaN
}

/** Declares a rule by which all up to a day is due, orders, has it approved and executes it. */
async function purgeUntil(deps: PurgeDeps, log: Log, day: string, rule?: string) {
  const { ledger } = deps
  const today = localDay(systemClock.now())
  const days = Math.floor((Date.parse(today) - Date.parse(day)) / 86_400_000)
  const document = RetentionRule.parse({
    name: 'Kommentarer',
    recordType: 'Kommentar',
    action: 'destroy',
    period: `P${days}D`,
    start: 'occurred',
    decision: { body: 'KS', reference: `KS ${day}`, date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-01-15',
  })
  const { streamId } = await recordCommand(ledger, log, {
    type: 'rule.declared',
    ...(rule === undefined ? {} : { streamId: rule }),
    actor: { name: 'bench' },
    data: { document },
  })
  const id = await orderPurge(ledger, log, 'bench', today)
  await approvePurge(ledger, log, { name: 'another' }, id)
  globalThis.gc?.()
  const begun = process.memoryUsage().rss
  let peak = begun
  const start = performance.now()
  const { records } = await executePurge(deps, log, id, 'purger', () => {
    peak = Math.max(peak, process.memoryUsage().rss)
  })
  const seconds = (performance.now() - start) / 1000
  return { rate: records / seconds, memory: (peak - begun) / 2 ** 20, rule: streamId }
}

/** What the issue asks of a purge. */
export function purgeTargets(it: PurgeMeasured): Target[] {
  const slowed = it.appendsBeside / it.appends
  const seen = (what: string, value: number): Target => ({ what, goal: '', value, met: undefined })
  return [
    { what: `purge of ${it.due / 2}, records/s`, goal: '≥ 20000', value: it.alone, met: it.alone >= 20_000 },
    { what: 'memory gained, MiB', goal: '≤ 100', value: it.memory, met: it.memory <= 100 },
    { what: 'appends while it runs, to before', goal: '≥ 0.67 ×', value: slowed, met: slowed >= 2 / 3 },
    seen('purge while others append, records/s', it.besideAppends),
    seen('appends before, 64 in flight, events/s', it.appends),
    seen('appends meanwhile', it.appendsBeside),
    seen('p99 of an append before, ms', it.appendP99),
    seen('p99 of an append meanwhile, ms', it.appendP99Beside),
  ]
}
