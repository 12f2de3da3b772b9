import { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents, type StoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { destroyedBy, positionsDigest } from './purge.ts'

/**
 * Gallringsbevis: proves by the log alone that something was destroyed, by which decision, when, by whom, and how much;
 * holds nothing of what it was. `destroyedAt` and `irrecoverableAt` are two moments: see services/README.md.
 */
export type Certificate = {
  readonly certificate: 'liggare/disposal-certificate/v1'
  readonly controller: string
  readonly purge: string
  readonly decisions: readonly CertifiedRule[]
  readonly counts: readonly {
    readonly channel: string
    readonly verb: string
    readonly capacity: string
    readonly objects: number
  }[]
  readonly objects: number
  readonly records: number
  /** `positionsDigest` of the destroyed events, recomputed from the log when the certificate is written. */
  readonly positions: string
  readonly oldest: Day | null
  readonly newest: Day | null
  readonly executor: string
  readonly orderedAt: string
  /** Rows of keys and ciphertext deleted; null while the purge is still running. */
  readonly destroyedAt: string | null
  /** Every copy of the keys dead, in pages, WAL and backups; null until the keyring has been swept. */
  readonly irrecoverableAt: string | null
  readonly log: {
    readonly orderedPosition: string
    readonly executedPosition: string | null
    readonly sweptPosition: string | null
  }
}

export type CertifiedRule = {
  readonly rule: string
  readonly version: number
  readonly name: string
  readonly recordType: string
  readonly period: string | null
  readonly decision: {
    readonly body: string
    readonly reference: string
    readonly paragraph?: string
    readonly date: Day
  } | null
}

type IntentData = {
  readonly channel: string
  readonly verb: string
  readonly capacity: string
  readonly rules: readonly { readonly rule: string; readonly version: number }[]
  readonly objects: readonly string[]
}

/** Reads the certificate of a purge out of the log. */
export async function certificateOf(ledger: Ledger, log: Log, purge: string): Promise<Certificate> {
  return reading(ledger, log, async (tx) => {
    const events = await readEvents(tx, { controller: log.controller, streamId: purge, limit: 1_000_000 })
    const ordered = events.find((event) => event.type === 'purge.ordered')
    if (ordered === undefined) throw new DomainError('not-found', 'There is no such purge.')
    const intents = events.filter((event) => event.type === 'purge.intended')
    const executed = events.find((event) => event.type === 'purge.executed')
    const { rows } = await tx.query<{ position: string; recorded_at: Date }>(
      `select e.position, e.recorded_at from model.purge m
         join ledger.event e on e.controller_id = $1 and e.position = m.swept_position
        where m.controller_id = $1 and m.purge_id = $2`,
      [log.controller, purge],
    )
    const swept = rows[0]
    const executor = await tx.query<{ subject_id: string }>(
      "select subject_id from ledger.event_part where controller_id = $1 and position = $2 and role = 'actor'",
      [log.controller, (executed ?? ordered).position],
    )
    const destroyed = await destroyedBy(tx, log.controller, purge)
    const span = await tx.query<{ oldest: Day | null; newest: Day | null }>(
      `select min(e.occurred_on) as oldest, max(e.occurred_on) as newest from ledger.event e
       where e.controller_id = $1 and e.position = any ($2::bigint[])`,
      [log.controller, destroyed.positions],
    )
    return {
      certificate: 'liggare/disposal-certificate/v1',
      controller: log.slug,
      purge,
      decisions: await decisionsOf(intents, (rule, version) =>
        readEvents(tx, { controller: log.controller, streamId: rule, limit: version }).then((versions) =>
          versions.at(version - 1),
        ),
      ),
      counts: countsOf(intents),
      objects: destroyed.objects,
      records: destroyed.positions.length,
      positions: positionsDigest(destroyed.positions),
      oldest: span.rows[0]?.oldest ?? null,
      newest: span.rows[0]?.newest ?? null,
      executor: executor.rows[0]?.subject_id ?? '',
      orderedAt: ordered.recordedAt.toISOString(),
      destroyedAt: executed?.recordedAt.toISOString() ?? null,
      irrecoverableAt: swept?.recorded_at.toISOString() ?? null,
      log: {
        orderedPosition: ordered.position,
        executedPosition: executed?.position ?? null,
        sweptPosition: swept?.position ?? null,
      },
    }
  })
}

function countsOf(intents: readonly StoredEvent[]): Certificate['counts'] {
  const counts = new Map<string, { channel: string; verb: string; capacity: string; objects: number }>()
  for (const intent of intents) {
    const { channel, verb, capacity, objects } = intent.data as unknown as IntentData
    const key = `${channel} ${verb} ${capacity}`
    const row = counts.get(key) ?? { channel, verb, capacity, objects: 0 }
    row.objects += objects.length
    counts.set(key, row)
  }
  return [...counts.values()]
}

/** The rules as they stood in the version that the intent names: a later version does not change what was decided. */
async function decisionsOf(
  intents: readonly StoredEvent[],
  versionOf: (rule: string, version: number) => Promise<StoredEvent | undefined>,
): Promise<CertifiedRule[]> {
  const named = new Map<string, { rule: string; version: number }>()
  for (const intent of intents) {
    for (const it of (intent.data as unknown as IntentData).rules) named.set(`${it.rule} ${it.version}`, it)
  }
  const decisions: CertifiedRule[] = []
  for (const { rule, version } of named.values()) {
    const event = await versionOf(rule, version)
    const document = RetentionRule.parse(event?.data['document'])
    const { decision } = document
    decisions.push({
      rule,
      version,
      name: document.name,
      recordType: document.recordType,
      period: document.period ?? null,
      decision:
        decision === undefined
          ? null
          : {
              body: decision.body,
              reference: decision.reference,
              ...(decision.paragraph === undefined ? {} : { paragraph: decision.paragraph }),
              date: decision.date,
            },
    })
  }
  return decisions
}
