import { type AsOf, knownAtOf } from '../declarations/as-of.ts'
import { recipientsByClass } from '../disclosures/queries.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { momentOf, readingPast } from '../ledger/past.ts'
import { localDay } from '../platform/clock.ts'
import { assembleRegister } from './assemble.ts'
import { channelSetKey, type RegisterFacts, type RetentionFigures } from './facts.ts'
import { readDeclared, readSeen } from './queries.ts'
import { assignClasses } from './rules.ts'
import type { Register } from './schemas.ts'
import { countSubjects, countSubjectsUpTo } from './subject-queries.ts'

type Tx = Parameters<typeof readDeclared>[0]

/** What the register asks of retention, which it does not know itself. */
export type ReadRetention = (tx: Tx, controller: number, today: Day) => Promise<readonly RetentionFigures[]>

/** The register of a controller as of two dates: today and now unless told. Opens nothing that is sealed. */
export async function readRegister(
  ledger: Ledger,
  log: Log,
  asOf: AsOf,
  readRetention: ReadRetention,
): Promise<Register> {
  return assembleRegister(await readFacts(ledger, log, asOf, readRetention))
}

/** Everything the register is made of, from one snapshot: the live tables', or those of a moment gone by. */
export async function readFacts(
  ledger: Ledger,
  log: Log,
  { validOn, knownAt }: AsOf,
  readRetention: ReadRetention,
): Promise<RegisterFacts> {
  const today = localDay(ledger.clock.now())
  const day = validOn ?? today
  const facts = (tx: Tx) => factsOn(tx, log, day, today, readRetention)
  const found = await reading(ledger, log, async (tx) => {
    const { size, isNow } = await momentOf(ledger, log, tx, knownAtOf(knownAt))
    return isNow ? { now: await facts(tx) } : { size }
  })
  if ('now' in found) return found.now
  const { size } = found
  return remembered(ledger, `${log.controller} ${size} ${day} ${today}`, () =>
    readingPast(ledger, log, size, facts),
  )
}

async function factsOn(
  tx: Tx,
  log: Log,
  day: Day,
  today: Day,
  readRetention: ReadRetention,
): Promise<RegisterFacts> {
  const { controller, slug } = log
  // Of a day gone by only what had occurred by then belongs to its register.
  const upTo = day < today ? day : undefined
  const facts: RegisterFacts = {
    slug,
    today: day,
    ...(await readDeclared(tx, controller, day)),
    ...(await readSeen(tx, controller, upTo)),
    retention: await readRetention(tx, controller, day),
    recipients: await recipientsByClass(tx, controller, upTo),
    subjects: new Map(),
  }
  const sets = channelSets(facts)
  const subjects =
    upTo === undefined
      ? await countSubjects(tx, controller, sets)
      : await countSubjectsUpTo(tx, controller, sets, upTo)
  return { ...facts, subjects }
}

/** The sets of channels on which activities were seen. */
function channelSets(facts: RegisterFacts): Map<string, string[]> {
  const byActivity = new Map<string, Set<string>>()
  for (const { channel, activities } of assignClasses(facts)) {
    for (const id of activities) byActivity.set(id, (byActivity.get(id) ?? new Set()).add(channel))
  }
  return new Map([...byActivity.values()].map((set) => [channelSetKey(set), [...set]]))
}

/** How many moments gone by are remembered. What was known then does not change, so that nothing makes one out of date. */
const maxRemembered = 16

const past = new WeakMap<Ledger, Map<string, Promise<RegisterFacts>>>()

function remembered(ledger: Ledger, key: string, make: () => Promise<RegisterFacts>): Promise<RegisterFacts> {
  const own = past.get(ledger) ?? new Map<string, Promise<RegisterFacts>>()
  past.set(ledger, own)
  const facts = own.get(key) ?? make()
  // The last asked for stands last, so that the first is the one to forget.
  own.delete(key)
  own.set(key, facts)
  for (const oldest of [...own.keys()].slice(0, Math.max(0, own.size - maxRemembered))) own.delete(oldest)
  facts.catch(() => own.delete(key))
  return facts
}
