import type { Day } from './vocabulary.ts'

type Span = { readonly validFrom?: Day | undefined; readonly validTo?: Day | undefined }
type LegalSource = {
  readonly legalSource: { readonly date: Day; readonly from?: Day | undefined; readonly to?: Day | undefined }
}

/** One version of a declared document: the later the number, the newer what somebody said. */
export type Versioned<T> = { readonly version: number; readonly document: T }

function coversDay({ validFrom, validTo }: Span, day: Day): boolean {
  return (validFrom ?? '0000') <= day && day <= (validTo ?? '9999')
}

/**
 * What the versions of a document say of a day: the newest that has begun by then, unless it has ended. A version without
 * days says what it says of every day, so that a correction corrects the past too; one with `validFrom` leaves the days
 * before to the older ones; `validTo` ends them all.
 */
export function versionOn<V extends Versioned<Span>>(versions: readonly V[], day: Day): V | undefined {
  const begun = newest(versions.filter(({ document }) => (document.validFrom ?? '0000') <= day))
  return begun !== undefined && coversDay(begun.document, day) ? begun : undefined
}

/**
 * As {@link versionOn} for what is drafted first and then published: a draft stands only where nothing is published yet.
 */
export function publishedOn<V extends Versioned<Span & { readonly status?: string | undefined }>>(
  versions: readonly V[],
  day: Day,
): V | undefined {
  const standing = versions.filter(({ document }) => document.status !== 'draft')
  return standing.length > 0 ? versionOn(standing, day) : versionOn(versions, day)
}

/** The first day that a decision on controllership governs: the day of the decision unless it says another. */
export function governsFrom({ legalSource }: LegalSource): Day {
  return legalSource.from ?? legalSource.date
}

/** What holds of the controllership, a period each, in order: of several versions from the same day the newest. */
export function controllershipPeriods<V extends Versioned<LegalSource>>(versions: readonly V[]): V[] {
  const periods = new Map<Day, V>()
  for (const it of versions.toSorted((a, b) => a.version - b.version))
    periods.set(governsFrom(it.document), it)
  return [...periods.values()].sort((a, b) => (governsFrom(a.document) < governsFrom(b.document) ? -1 : 1))
}

/**
 * The version of a channel that governs a day: of the newest decision not after it. Before the first decision the first
 * one counts: what the controller has since taken upon itself it answers for from the start.
 */
export function governingOn<V extends Versioned<LegalSource>>(
  versions: readonly V[],
  day: Day,
): V | undefined {
  const periods = controllershipPeriods(versions)
  return periods.findLast(({ document }) => governsFrom(document) <= day) ?? periods[0]
}

function newest<V extends Versioned<unknown>>(versions: readonly V[]): V | undefined {
  return versions.reduce<V | undefined>(
    (a, b) => (a === undefined || b.version > a.version ? b : a),
    undefined,
  )
}
