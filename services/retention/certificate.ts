import { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { destroyedTotals } from '../ledger/destroyed.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents, type StoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { actorAt, purgeState } from './purge-queries.ts'

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
  /** Digest of the positions of the destroyed events (services/ledger/destroyed.ts), recomputed from the log when the certificate is written. */
  readonly positions: string
  readonly oldest: Day | null
  readonly newest: Day | null
  /** Who, by the ids under which their names stand sealed in the log. */
  readonly orderer: string
  readonly approver: string | null
  readonly executor: string | null
  readonly orderedAt: string
  readonly approvedAt: string | null
  /** Called off before it had taken all that it was ordered for. */
  readonly abortedAt: string | null
  /** Rows of keys and ciphertext deleted; null while the purge is still running. */
  readonly destroyedAt: string | null
  /** Every copy of the keys dead, in pages, WAL and backups; null until the keyring has been swept. */
  readonly irrecoverableAt: string | null
  readonly log: {
    readonly orderedPosition: string
    readonly approvedPosition: string | null
    readonly abortedPosition: string | null
    readonly executedPosition: string | null
    readonly sweptPosition: string | null
    /** How many events the log had before the order, and with the end. */
    readonly sizeBefore: string
    readonly sizeAfter: string | null
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
    const state = await purgeState(tx, log.controller, purge)
    const at = (position: string | null) => eventAt(tx, log.controller, position)
    const executed = await at(state.executedPosition)
    const approved = await at(state.approvedPosition)
    const aborted = await at(state.abortedPosition)
    const swept = await at(state.sweptPosition)
    const by = async (position: string | null) =>
      position === null ? null : ((await actorAt(tx, log.controller, position)) ?? null)
    const destroyed = await destroyedTotals(tx, log.controller, purge)
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
      records: destroyed.records,
      positions: destroyed.positions,
      oldest: destroyed.oldest,
      newest: destroyed.newest,
      orderer: (await by(state.orderedPosition)) ?? '',
      approver: await by(state.approvedPosition),
      executor: await by(state.executedPosition),
      orderedAt: ordered.recordedAt.toISOString(),
      approvedAt: approved?.recordedAt.toISOString() ?? null,
      abortedAt: aborted?.recordedAt.toISOString() ?? null,
      destroyedAt: executed?.recordedAt.toISOString() ?? null,
      irrecoverableAt: swept?.recordedAt.toISOString() ?? null,
      log: {
        orderedPosition: state.orderedPosition,
        approvedPosition: state.approvedPosition,
        abortedPosition: state.abortedPosition,
        executedPosition: state.executedPosition,
        sweptPosition: state.sweptPosition,
        sizeBefore: state.orderedPosition,
        sizeAfter: executed === undefined ? null : String(BigInt(executed.position) + 1n),
      },
    }
  })
}

async function eventAt(
  tx: Parameters<typeof readEvents>[0],
  controller: number,
  position: string | null,
): Promise<StoredEvent | undefined> {
  if (position === null) return undefined
  return (await readEvents(tx, { controller, from: position, limit: 1 }))[0]
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
