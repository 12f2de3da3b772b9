import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { assembleRegister } from './assemble.ts'
import { channelSetKey, type RegisterFacts, type RetentionFigures } from './facts.ts'
import { countSubjects, readDeclared, readSeen } from './queries.ts'
import { assignClasses } from './rules.ts'
import type { Register } from './schemas.ts'

type Tx = Parameters<typeof readDeclared>[0]

/** What the register asks of retention, which it does not know itself. */
export type ReadRetention = (tx: Tx, controller: number, today: Day) => Promise<readonly RetentionFigures[]>

/** The register of a controller on a day, from one snapshot. Opens nothing that is sealed. */
export function readRegister(
  ledger: Ledger,
  log: Log,
  today: Day,
  readRetention: ReadRetention,
): Promise<Register> {
  return reading(ledger, log, async (tx) => {
    const facts: RegisterFacts = {
      slug: log.slug,
      today,
      ...(await readDeclared(tx, log.controller)),
      ...(await readSeen(tx, log.controller)),
      retention: await readRetention(tx, log.controller, today),
      subjects: new Map(),
    }
    const subjects = await countSubjects(tx, log.controller, channelSets(facts))
    return assembleRegister({ ...facts, subjects })
  })
}

/** The sets of channels on which activities were seen. */
function channelSets(facts: RegisterFacts): Map<string, string[]> {
  const byActivity = new Map<string, Set<string>>()
  for (const { channel, activities } of assignClasses(facts)) {
    for (const id of activities) byActivity.set(id, (byActivity.get(id) ?? new Set()).add(channel))
  }
  return new Map([...byActivity.values()].map((set) => [channelSetKey(set), [...set]]))
}
