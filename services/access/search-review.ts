import { recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenParts, reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { AccessFile } from './case-file.ts'
import { loadCase, requireOpen } from './case-steps.ts'
import { type Hit, textsOf } from './search.ts'
import type { Why } from './why.ts'

export type Verdict = 'include' | 'exclude'
export type ReviewedHit = Hit & { readonly verdict?: Verdict }
export type ShownHit = ReviewedHit & { readonly texts: readonly string[] }

type Sealed = { readonly event: string; readonly position: string }

/** All hits of a case's newest search with what was decided of them, before a position of the log. */
export async function hitsOf(
  ledger: Ledger,
  log: Log,
  open: OpenParts,
  file: Pick<AccessFile, 'id' | 'search'>,
  before?: string,
): Promise<ReviewedHit[]> {
  const { search } = file
  if (search === undefined) return []
  return reading(ledger, log, async (tx) => {
    const { controller } = log
    const of = (streamId: string) => readEvents(tx, { controller, streamId, limit: 100_000, to: before })
    const found = await of(search.id)
    const reviews = (await of(file.id)).filter(
      ({ type, data }) => type === 'access.hits-reviewed' && data['search'] === search.id,
    )
    const hits = new Map<string, ReviewedHit>()
    for (const { content } of await open(
      tx,
      found.map(({ position }) => position),
    )) {
      for (const hit of sealedHits(content?.['hits'])) hits.set(hit.event, hit)
    }
    const opened = Map.groupBy(
      await open(
        tx,
        reviews.map(({ position }) => position),
      ),
      (it) => it.position,
    )
    for (const { position, data } of reviews) {
      const verdict: Verdict = data['decision'] === 'include' ? 'include' : 'exclude'
      for (const { content } of opened.get(position) ?? []) {
        for (const { event } of sealedHits(content?.['hits'])) {
          const hit = hits.get(event)
          if (hit !== undefined) hits.set(event, { ...hit, verdict })
        }
      }
    }
    return [...hits.values()]
  })
}

function sealedHits(value: unknown): Sealed[] {
  return Array.isArray(value) ? (value as Sealed[]) : []
}

/** A page of hits with their texts, for the officer to judge by. */
export async function showHits(
  ledger: Ledger,
  log: Log,
  why: Why,
  caseId: string,
  page: { readonly unreviewed: boolean; readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly hits: readonly ShownHit[] }> {
  const file = await loadCase(ledger, log, caseId)
  const scope = { case: caseId, search: file.search?.id ?? '' }
  return lookUp(ledger, log, { ...why, kind: 'shown', scope }, async (open) => {
    const all = await hitsOf(ledger, log, open, file)
    const wanted = page.unreviewed ? all.filter(({ verdict }) => verdict === undefined) : all
    const some = wanted.slice(page.offset, page.offset + page.limit)
    const parts = await reading(ledger, log, (tx) =>
      open(
        tx,
        some.map(({ position }) => position),
      ),
    )
    const texts = Map.groupBy(parts, ({ position }) => position)
    return {
      total: wanted.length,
      hits: some.map((hit) => ({
        ...hit,
        texts: (texts.get(hit.position) ?? [])
          .filter(({ category }) => category === 'content' || category === 'message')
          .flatMap(textsOf),
      })),
    }
  })
}

export type HitReview = {
  readonly decision: Verdict
  /** The hits by their event ids; all that nobody has decided of, when left out. */
  readonly hits?: readonly string[] | undefined
  readonly note?: string | undefined
}

/** Decides of hits, one or many: an event that says how many, with which ones sealed. */
export async function reviewHits(
  ledger: Ledger,
  log: Log,
  why: Why,
  caseId: string,
  { decision, hits: chosen, note }: HitReview,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, caseId)
  requireOpen(file)
  const { search } = file
  if (search?.finished !== true) throw new DomainError('state-conflict', 'No search has been finished')
  if (file.state.status === 'review') {
    throw new DomainError('state-conflict', 'The answer is under review: return it first')
  }
  const scope = { case: caseId, search: search.id }
  const all = await lookUp(ledger, log, { ...why, kind: 'shown', scope }, (open) =>
    hitsOf(ledger, log, open, file),
  )
  const wanted = chosen === undefined ? undefined : new Set(chosen)
  const some = all.filter(({ event, verdict }) => wanted?.has(event) ?? verdict === undefined)
  if (wanted !== undefined && some.length < wanted.size) throw new DomainError('not-found', 'no such hit')
  if (some.length === 0) return file
  await recordCommand(ledger, log, {
    type: 'access.hits-reviewed',
    streamId: caseId,
    expectedVersion: file.version,
    actor: why.actor,
    data: {
      search: search.id,
      decision,
      hits: some.length,
      // How many of them nobody had decided of before.
      fresh: some.filter(({ verdict }) => verdict === undefined).length,
    },
    sealed: {
      hits: some.map(({ event, position }) => ({ event, position })),
      ...(note === undefined ? {} : { note }),
    },
  })
  return loadCase(ledger, log, caseId)
}
