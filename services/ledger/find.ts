import { byteaArray } from './binary-array.ts'
import { identityDigestText, objectDigestText } from './digests.ts'
import type { Ledger, Log } from './ledger.ts'

/** The random ids that stand for objects and persons of some platform ids; undefined for what the log has never seen. */
export async function findIds(
  ledger: Ledger,
  log: Log,
  names: { readonly objects: readonly string[]; readonly identities?: readonly string[] },
): Promise<{ objects: (string | undefined)[]; identities: (string | undefined)[] }> {
  const { objects, identities = [] } = names
  const { find } = ledger.digests(log.controller)
  const texts = [...objects.map(objectDigestText), ...identities.map(identityDigestText)]
  const ids: (string | undefined)[] = new Array(texts.length)
  if (texts.length > 0) {
    const { rows } = await ledger.pool.query<{ ordinal: number; id: string | null }>(
      "select ordinal, id from ledger.look_up($1::int, $2::bytea[], '{}', '{}')",
      [log.controller, byteaArray(texts.map(find))],
    )
    for (const row of rows) ids[row.ordinal - 1] = row.id ?? undefined
  }
  return { objects: ids.slice(0, objects.length), identities: ids.slice(objects.length) }
}

/** Whether facts are known by their own texts (not by an alias). */
export async function knownFacts(ledger: Ledger, log: Log, facts: readonly string[]): Promise<boolean[]> {
  const known: boolean[] = new Array(facts.length).fill(false)
  if (facts.length === 0) return known
  const { fact } = ledger.digests(log.controller)
  const { rows } = await ledger.pool.query<{ ordinal: number }>(
    "select ordinal from ledger.look_up($1::int, '{}', $2::bytea[], '{}') where source = 2",
    [log.controller, byteaArray(facts.map(fact))],
  )
  for (const row of rows) known[row.ordinal - 1] = true
  return known
}
