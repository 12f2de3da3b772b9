import { withController } from '../db/transaction.ts'
import { destroyExpired, type Expiry, removeStaleFiles } from '../deliveries/expire.ts'
import type { FileStore } from '../deliveries/file-store.ts'
import type { DestroyDeps } from '../ledger/carry-out.ts'
import type { Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { retentionBasis } from '../retention/basis-queries.ts'
import { cutoff } from '../retention/cutoff.ts'
import { oneAtATime } from '../retention/exclusive.ts'
import { inForce, type RuleVersion } from '../retention/rules.ts'

/** The category by which a rule is one for deliveries: it has to be named, a rule without categories covers none of them. */
const category = 'delivery'

/** Destroys the deliveries whose rule lets them go, of every controller. Answers how many. */
export async function expireDeliveries(deps: DestroyDeps, store?: FileStore): Promise<number> {
  const { ledger, purgePool } = deps
  const today = localDay(ledger.clock.now())
  let destroyed = 0
  for (const log of await ledger.list()) {
    const { rules } = await withController(purgePool, log.controller, (tx) =>
      retentionBasis(tx, log.controller),
    )
    for (const expiry of expiriesOf(rules, today)) {
      destroyed += await oneAtATime(purgePool, 'purge', () => destroyExpired(deps, log, expiry))
    }
    if (store !== undefined) await removeStaleFiles(ledger, log as Log, store)
  }
  return destroyed
}

/**
 * What the rules for deliveries let go on `today`. A rule without its decision lets go of nothing; one that preserves stops
 * those on its channels; of two that cover one channel the longer time holds, since the evidence is then still wanted.
 */
function expiriesOf(rules: readonly RuleVersion[], today: string): Expiry[] {
  const own = rules.filter(
    ({ rule }) => rule.scope.categories?.includes(category) === true && inForce(rule, today) === 'inForce',
  )
  const destroying = own.flatMap((version) => {
    const { rule } = version
    const day = rule.action === 'destroy' && rule.decision !== undefined ? cutoff(rule, today) : undefined
    return day === undefined ? [] : [{ version, day }]
  })
  const meets = (a: RuleVersion, b: RuleVersion) => {
    const [left, right] = [a.rule.scope.channels, b.rule.scope.channels]
    return left === undefined || right === undefined || left.some((it) => right.includes(it))
  }
  const isStopped = ({ version, day }: (typeof destroying)[number]) =>
    own.some((other) => other.rule.action === 'preserve' && meets(other, version)) ||
    destroying.some((other) => other.version !== version && other.day < day && meets(other.version, version))
  return destroying
    .filter((it) => !isStopped(it))
    .map(({ version, day }) => ({
      rule: version.id,
      version: version.version,
      cutoff: day,
      ...(version.rule.scope.channels === undefined ? {} : { channels: version.rule.scope.channels }),
    }))
}
