import { byteaArray, int8Array } from './binary-array.ts'
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
  return (await knownContents(ledger, log, facts)).map((known) => known !== undefined)
}

/** What the log knows a fact's content by: its keyed digest, null where none was kept with it. */
export type KnownContent = Buffer | null

/** The contents of facts that are known by their own texts; undefined for the others. */
export async function knownContents(
  ledger: Ledger,
  log: Log,
  facts: readonly string[],
): Promise<(KnownContent | undefined)[]> {
  const known: (KnownContent | undefined)[] = new Array(facts.length).fill(undefined)
  if (facts.length === 0) return known
  const { fact } = ledger.digests(log.controller)
  const { rows } = await ledger.pool.query<{ ordinal: number; content: Buffer | null }>(
    "select ordinal, content from ledger.look_up($1::int, '{}', $2::bytea[], '{}') where source = 2",
    [log.controller, byteaArray(facts.map(fact))],
  )
  for (const row of rows) known[row.ordinal - 1] = row.content
  return known
}

/** More names of a fact that stands in the log: by which another route delivers it. Personal data but the position. */
export type FactLink = {
  readonly position: string
  readonly facts: readonly string[]
  /** Canonical text of the content under those names. */
  readonly content?: string
  /** Text of its object, where the fact is that it came into being. */
  readonly object?: string
}

/** Gives facts more names, and their objects: what comes with one of them alone is then the same fact, and on its stream. */
export async function linkFacts(ledger: Ledger, log: Log, links: readonly FactLink[]): Promise<void> {
  if (links.length === 0) return
  const digests = ledger.digests(log.controller)
  const rows = links.flatMap(({ position, facts, content, object }) =>
    facts.map((fact, index) => ({
      position,
      fact: digests.fact(fact),
      content: content === undefined ? null : digests.content(content),
      object: object === undefined || index > 0 ? null : digests.find(objectDigestText(object)),
    })),
  )
  await ledger.pool.query(
    'select ledger.link_facts($1, $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[])',
    [
      log.controller,
      int8Array(rows.map((row) => BigInt(row.position))),
      byteaArray(rows.map((row) => row.fact)),
      byteaArray(rows.map((row) => row.content)),
      byteaArray(rows.map((row) => row.object)),
    ],
  )
}
