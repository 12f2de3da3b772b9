import type { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { executeOn, jobSchema } from '../db/job-schema.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Logger } from '../platform/log.ts'
import { orderDue } from './order-due.ts'
import { remindersOf } from './remind.ts'
import type { Worker } from './worker.ts'

export type ScheduleDeps = {
  readonly ledger: Ledger
  /** Connects as the worker, who owns the queue's schema. */
  readonly pool: Pool
  readonly log: Logger
  readonly approvalSize: number
  /** Hours in which an ordered purge can be revoked before it is executed. */
  readonly purgeWaitHours: number
  /** Five fields of cron in Swedish time; `off`: never. */
  readonly purgeCron: string
  readonly reminderCron: string
}

/** What a job carries: whose, by number. Without one it is the call of the clock, which asks it of every controller. */
type Payload = { readonly controller?: number } | null

const timeZone = 'Europe/Stockholm'
/** A night's look at a large log may take a while; it is tried again an hour later. */
const patience = { retryLimit: 3, retryDelay: 3600, expireInSeconds: 3600 }

/** The jobs of the clock. Many workers may run at once: each call is made and each job is taken by one of them. */
export async function startSchedule(deps: ScheduleDeps): Promise<Worker> {
  const { pool, log } = deps
  const boss = new PgBoss({
    db: { executeSql: (text, values) => executeOn(pool, text, values) },
    schema: jobSchema,
    createSchema: false,
    migrate: false,
  })
  boss.on('error', (err) => log.error({ err }, 'the job queue met an error'))
  await boss.start()
  await daily(boss, deps, 'retention-order', deps.purgeCron, async (one) => {
    const done = await orderDue(deps.ledger, one, deps.approvalSize, deps.purgeWaitHours)
    log.info({ controller: one.slug, ...done }, 'looked for what is due')
  })
  await daily(boss, deps, 'retention-remind', deps.reminderCron, async (one) => {
    const waiting = await remindersOf(deps.ledger, one)
    const any = Object.values(waiting).some((count) => count > 0)
    if (any) log.warn({ controller: one.slug, ...waiting }, 'retention waits for a person')
  })
  return { stop: () => boss.stop({ graceful: true, timeout: 10_000, close: false }) }
}

/** A queue whose clock calls it for all, and whose jobs are one controller's each: one that fails is tried again alone. */
async function daily(
  boss: PgBoss,
  { ledger }: ScheduleDeps,
  queue: string,
  cron: string,
  work: (log: Log) => Promise<void>,
): Promise<void> {
  await boss.createQueue(queue, { ...patience, policy: 'exclusive' })
  if (cron === 'off') await boss.unschedule(queue)
  else await boss.schedule(queue, cron, null, { tz: timeZone })
  await boss.work<Payload>(queue, async ([job]) => {
    const controller = job?.data?.controller
    for (const log of await ledger.list()) {
      if (controller === undefined)
        await boss.send(queue, { controller: log.controller }, { singletonKey: String(log.controller) })
      else if (log.controller === controller) await work(log)
    }
  })
}
