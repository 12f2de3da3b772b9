import type { PoolClient } from 'pg'
import type { FindingKind, Report } from './verify-finding.ts'

/** Findings of one kind that are named; the rest is counted in the last of them. */
const shown = 100

type Check = {
  readonly kind: FindingKind
  /** Rows (position, what) for $1 = controller and $2 = the log's size. */
  readonly select: string
}

const executed = (stream: string) =>
  `exists (select from ledger.condemned c where c.controller_id = $1 and c.object_id = ${stream} and c.executed_at is not null)`

/**
 * The tables by which the log recognises facts, objects and persons. Their digests are keyed and stand nowhere else, so they
 * are not recomputed; but each has to lead into the log, what the log has must be recognised again, and of what was destroyed
 * nothing may be left.
 */
const checks: readonly Check[] = [
  {
    kind: 'fact-missing',
    select: `select e.position, 'the fact is recognised no more: it would be stored twice' as what
      from ledger.event e
      where e.controller_id = $1 and e.position < $2 and starts_with(e.type, 'interaction.')
        and e.type not in ('interaction.variant', 'interaction.unrecognised')
        and not exists (select from ledger.fact_digest f where f.controller_id = $1 and f.position = e.position)
        and not ${executed('e.stream_id')}`,
  },
  {
    kind: 'fact-surplus',
    select: `select f.position, 'the digest of a fact leads to no event' as what
      from ledger.fact_digest f
      where f.controller_id = $1 and not exists (select from ledger.event e where e.controller_id = $1 and e.position = f.position)`,
  },
  {
    kind: 'digest-not-destroyed',
    select: `select e.position, 'the digest of the fact stands although its purge was executed' as what
      from ledger.condemned c
      join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
      join ledger.fact_digest f on f.controller_id = $1 and f.position = e.position
      where c.controller_id = $1 and c.executed_at is not null
      union all
      select c.position, 'the platform id of object ' || c.object_id || ' stands although its purge was executed'
      from ledger.condemned c
      join ledger.identity i on i.controller_id = $1 and i.id = c.object_id and i.kind = 'object'
      where c.controller_id = $1 and c.executed_at is not null`,
  },
  {
    kind: 'identity-altered',
    select: `select null::bigint as position, i.kind || ' ' || i.id || ' is named by ' || count(*) || ' platform ids' as what
      from ledger.identity i where i.controller_id = $1 and i.kind = 'object' group by i.kind, i.id having count(*) > 1
      union all
      select null, 'the platform id of subject ' || i.id || ' leads to nobody in the log'
      from ledger.identity i
      where i.controller_id = $1 and i.kind = 'subject'
        and not exists (select from ledger.subject s where s.controller_id = $1 and s.subject_id = i.id)`,
  },
  {
    kind: 'subject-altered',
    select: `select min(p.position) as position, 'subject ' || p.subject_id || ' of its part is not among the subjects' as what
      from ledger.event_part p
      where p.controller_id = $1 and p.position < $2
        and not exists (select from ledger.subject s where s.controller_id = $1 and s.subject_id = p.subject_id)
      group by p.subject_id
      union all
      select s.erased_position, 'subject ' || s.subject_id || ' is erased by an event that is not there'
      from ledger.subject s
      where s.controller_id = $1 and s.erased_position is not null
        and not exists (select from ledger.event e where e.controller_id = $1 and e.position = s.erased_position)
      union all
      select null, 'a trait names subject ' || t.subject_id || ', who is not among the subjects'
      from ledger.subject_trait t
      where t.controller_id = $1 and not exists (select from ledger.subject s where s.controller_id = $1 and s.subject_id = t.subject_id)
      group by t.subject_id`,
  },
]

/** Checks what stands beside the log, after its events were. Needs a role that may read digests: the worker. */
export async function checkLookups(
  tx: PoolClient,
  controller: number,
  size: number,
  report: Report,
): Promise<void> {
  for (const { kind, select } of checks) {
    const { rows } = await tx.query<{ position: string | null; what: string; more: string }>(
      `select position, what, count(*) over () - ${shown} as more from (${select}) x order by position, what limit ${shown}`,
      // Not every check asks for the size; one that does not would leave its type unknown.
      select.includes('$2') ? [controller, size] : [controller],
    )
    for (const { position, what } of rows) report(kind, position, what)
    const more = Number(rows[0]?.more ?? 0)
    if (more > 0) report(kind, null, `and ${more} more of this kind`)
  }
}
