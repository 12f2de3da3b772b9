import { z } from 'zod'
import { governingOn, publishedOn, versionOn } from '../events/validity.ts'
import { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { type KnownAt, momentOf } from '../ledger/past.ts'
import { type Change, differenceOf } from '../platform/difference.ts'
import { DomainError } from '../platform/errors.ts'
import type { KindName } from './kinds.ts'
import { type DeclaredVersion, declaredVersions } from './queries.ts'

const Instant = z.iso.datetime({ offset: true })

/** An instant with an offset, or the position of an event: what was known once that was recorded. */
const KnownAtText = z
  .string()
  .refine((it) => /^(0|[1-9]\d{0,15})$/.test(it) || Instant.safeParse(it).success, {
    error: 'must be a date-time with an offset (RFC 3339), or a position of the log',
  })

/** The two dates of every read: what the data says held then, and what the system knew then. */
export const AsOf = z.strictObject({
  validOn: Day.optional().meta({
    description: 'Vad som gällde den dagen / what held on that day; today (or the newest) if left out',
    example: '2010-09-01',
  }),
  knownAt: KnownAtText.optional().meta({
    description:
      'Vad systemet visste då: tidpunkt eller plats i loggen / what the system knew then: an instant, or a position of the log and all before it',
    example: '2026-03-05T09:15:01Z',
  }),
})
export type AsOf = z.infer<typeof AsOf>

export function knownAtOf(text: string | undefined): KnownAt | undefined {
  if (text === undefined) return undefined
  return /^\d+$/.test(text) ? { position: BigInt(text) } : { instant: new Date(text) }
}

/** Two moments, each by its two dates: the older reading and the newer one. */
export const BetweenQuery = z.strictObject({
  fromValidOn: AsOf.shape.validOn,
  fromKnownAt: AsOf.shape.knownAt,
  toValidOn: AsOf.shape.validOn,
  toKnownAt: AsOf.shape.knownAt,
})
export type BetweenQuery = z.infer<typeof BetweenQuery>

export function momentsOf(query: BetweenQuery): { from: AsOf; to: AsOf } {
  return {
    from: { validOn: query.fromValidOn, knownAt: query.fromKnownAt },
    to: { validOn: query.toValidOn, knownAt: query.toKnownAt },
  }
}

export const ChangeSchema = z
  .strictObject({
    pointer: z.string().meta({ description: 'RFC 6901', example: '/controllership' }),
    before: z
      .unknown()
      .optional()
      .meta({ description: 'Saknas: fanns inte / absent: was not there', example: 'own' }),
    after: z
      .unknown()
      .optional()
      .meta({ description: 'Saknas: finns inte / absent: is not there', example: 'joint' }),
  })
  .meta({ id: 'Change', description: 'En skillnad / one difference' })

export const DeclaredDifference = z
  .strictObject({
    id: z.uuid(),
    fromVersion: z.int().optional(),
    toVersion: z.int().optional(),
    changes: z.array(ChangeSchema),
  })
  .meta({ id: 'DeclaredDifference', description: 'Hur ett dokument skiljer sig / how a document differs' })

type Dated = { readonly openedOn?: Day; readonly closedOn?: Day; readonly status?: string }

/** The version that holds on a day by the versions known; undefined where none does or the channel was not open. */
export function standingOn(
  kind: KindName,
  versions: readonly DeclaredVersion[],
  day: Day,
): DeclaredVersion | undefined {
  // Documents were parsed before they were recorded; only their days are looked at here.
  const known = versions as readonly (DeclaredVersion & { document: never })[]
  if (kind === 'activity') return publishedOn(known, day)
  if (kind !== 'channel') return versionOn(known, day)
  const { openedOn, closedOn } = (known.at(-1)?.document ?? {}) as Dated
  const open = (openedOn ?? '0000') <= day && day <= (closedOn ?? '9999')
  return open ? governingOn(known, day) : undefined
}

/** The declared documents of a kind as of two dates, in the order of their ids. Without either: the newest of each. */
export function declaredAsOf(
  ledger: Ledger,
  log: Log,
  kind: KindName,
  { validOn, knownAt }: AsOf,
  id?: string,
): Promise<DeclaredVersion[]> {
  return reading(ledger, log, async (tx) => {
    const { size } = await momentOf(ledger, log, tx, knownAtOf(knownAt))
    const all = await declaredVersions(tx, log.controller, kind, {
      size,
      ...(id === undefined ? {} : { id }),
    })
    return all.flatMap((versions) => {
      const found = validOn === undefined ? versions.at(-1) : standingOn(kind, versions, validOn)
      return found === undefined ? [] : [found]
    })
  })
}

/** One declared document as of two dates; `not-found` where there was none. */
export async function oneAsOf(
  ledger: Ledger,
  log: Log,
  kind: KindName,
  id: string,
  asOf: AsOf,
): Promise<DeclaredVersion> {
  const [found] = await declaredAsOf(ledger, log, kind, asOf, id)
  if (found === undefined) throw new DomainError('not-found', `there is no such ${kind} as of then`)
  return found
}

/** How a declared document differs between two moments; `not-found` where there was none at either. */
export async function documentDifference(
  ledger: Ledger,
  log: Log,
  kind: KindName,
  id: string,
  query: BetweenQuery,
): Promise<{ id: string; fromVersion?: number; toVersion?: number; changes: Change[] }> {
  const { from, to } = momentsOf(query)
  const [before] = await declaredAsOf(ledger, log, kind, from, id)
  const [after] = await declaredAsOf(ledger, log, kind, to, id)
  if (before === undefined && after === undefined)
    throw new DomainError('not-found', `there is no such ${kind} as of then`)
  return {
    id,
    ...(before === undefined ? {} : { fromVersion: before.version }),
    ...(after === undefined ? {} : { toVersion: after.version }),
    changes: differenceOf(before?.document, after?.document),
  }
}
