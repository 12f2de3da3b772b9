import type { Transaction } from '../db/transaction.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenedPart, type OpenParts, reading } from '../ledger/open.ts'
import { logSize, readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { AccessFile } from './case-file.ts'
import { loadCase, requireOpen } from './case-steps.ts'
import type { TextMatcher } from './search-match.ts'
import { matcherOf } from './search-names.ts'
import { interactionsAt, textPositions } from './search-queries.ts'

/** A text of somebody else in which a name of the person stands. Kept sealed: that it concerns them is personal. */
export type Hit = { readonly event: string; readonly position: string }

export type SearchProgress = {
  /** Everything before it has been searched. */
  readonly through: string
  readonly upTo: string
  readonly texts: number
  readonly hits: number
}

export type SearchRequest = {
  readonly purpose: string
  /** Further names to look for, as the person gave them. Kept sealed. */
  readonly terms: readonly string[]
}

const page = 500
/** Positions after which what was found is made durable: so much is done again when the process dies. */
const stride = 20_000
const contentCategories: ReadonlySet<string> = new Set(['content', 'message'])

/** Begins a search of everything before the log's present end, or says which unfinished one goes on. */
export async function startSearch(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  caseId: string,
  { purpose, terms }: SearchRequest,
): Promise<string> {
  const file = await loadCase(ledger, log, caseId)
  requireOpen(file)
  if (file.search?.finished === false) return file.search.id
  if (file.links.length === 0 && terms.length === 0) {
    throw new DomainError(
      'decision-missing',
      'Nobody is linked yet, and no name was given: nothing to look for',
    )
  }
  const search = uuidv7()
  const upTo = await reading(ledger, log, (tx) => logSize(tx, log.controller))
  await recordCommand(ledger, log, {
    type: 'access.search-started',
    streamId: caseId,
    expectedVersion: file.version,
    actor,
    data: { search, upTo },
    sealed: { purpose, terms: [...terms] },
  })
  return search
}

export type RunOptions = {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: SearchProgress) => void
}

/**
 * Carries a case's unfinished search on from where it stands, page by page: it holds one page of texts and the hits of one
 * stride. What is found is durable with how far it came, so that a run which dies is taken up by the next.
 */
export async function runSearch(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  caseId: string,
  { signal, onProgress }: RunOptions = {},
): Promise<SearchProgress> {
  const file = await loadCase(ledger, log, caseId)
  requireOpen(file)
  const { search } = file
  if (search === undefined || search.finished)
    throw new DomainError('state-conflict', 'No search is under way')
  const { id, upTo } = search
  const subjects = file.links.map(({ subject }) => subject)
  const begun = await progressOf(ledger, log, id, upTo)
  const scope = { case: caseId, subjects, search: id, from: begun.through, before: upTo }
  const purpose = await purposeOf(ledger, log, actor, file)
  return lookUp(
    ledger,
    log,
    { actor, kind: 'machine-scan', restricted: 'included', purpose: purpose.purpose, scope },
    async (open) => {
      const matcher = await matcherOf(ledger, log, open, subjects, purpose.terms)
      let now = begun
      let version = begun.version
      let hits: Hit[] = []
      let kept = BigInt(now.through)
      const keep = async () => {
        const { through, texts, hits: found } = now
        await recordCommand(ledger, log, {
          type: 'access.search-progressed',
          streamId: id,
          expectedVersion: version,
          actor,
          data: { case: caseId, through, texts, hits: found },
          ...(hits.length > 0 && { sealed: { hits } }),
        })
        version += 1
        kept = BigInt(through)
        hits = []
      }
      while (BigInt(now.through) < BigInt(upTo)) {
        if (signal?.aborted) {
          await keep()
          return now
        }
        const found = await reading(ledger, log, (tx) =>
          scanPage(tx, open, log, now.through, upTo, subjects, matcher),
        )
        hits.push(...found.hits)
        now = {
          upTo,
          version,
          through: found.through,
          texts: now.texts + found.texts,
          hits: now.hits + found.hits.length,
        }
        onProgress?.(now)
        if (BigInt(now.through) - kept >= stride || hits.length >= page) await keep()
      }
      await keep()
      const { texts, hits: total } = now
      await recordCommand(ledger, log, {
        type: 'access.search-finished',
        streamId: caseId,
        actor,
        data: { search: id, texts, hits: total },
      })
      return now
    },
  )
}

/** How far a search has durably come. */
export async function progressOf(ledger: Ledger, log: Log, search: string, upTo: string) {
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, streamId: search, limit: 100_000 }),
  )
  const last = events.at(-1)
  const { through = '0', texts = 0, hits = 0 } = (last?.data ?? {}) as Partial<SearchProgress>
  return { through, texts, hits, upTo, version: last?.streamVersion ?? 0 }
}

async function purposeOf(ledger: Ledger, log: Log, actor: Actor, file: AccessFile) {
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, streamId: file.id, limit: 100_000 }),
  )
  const started = events.findLast(({ type }) => type === 'access.search-started')
  const scope = { case: file.id, search: file.search?.id ?? '' }
  const look = {
    actor,
    kind: 'machine-scan',
    purpose: 'Sökning i löpande text / search of running text',
    scope,
  } as const
  const parts = await lookUp(ledger, log, look, (open) =>
    reading(ledger, log, (tx) => open(tx, started === undefined ? [] : [started.position])),
  )
  const { purpose, terms } = parts[0]?.content ?? {}
  return {
    purpose: typeof purpose === 'string' ? purpose : look.purpose,
    terms: Array.isArray(terms) ? terms.filter((it) => typeof it === 'string') : [],
  }
}

/** What of one part is running text: what was said, and what the attachments are said to show. */
export function textsOf({ content }: OpenedPart): string[] {
  const { text, title, attachments } = content ?? {}
  const described = Array.isArray(attachments)
    ? attachments.map((it) =>
        typeof it === 'object' && it !== null && 'description' in it ? it.description : '',
      )
    : []
  return [title, text, ...described].filter((it) => typeof it === 'string').filter((it) => it !== '')
}

async function scanPage(
  tx: Transaction,
  open: OpenParts,
  log: Log,
  from: string,
  upTo: string,
  subjects: readonly string[],
  matcher: TextMatcher | undefined,
): Promise<{ through: string; texts: number; hits: Hit[] }> {
  const { controller } = log
  const positions = await textPositions(tx, controller, from, upTo, page)
  const parts = await open(tx, positions)
  const theirs = new Set(subjects)
  const standing = new Set(parts.flatMap((it) => (theirs.has(it.subjectId) ? [it.position] : [])))
  let texts = 0
  const named = new Set<string>()
  for (const part of parts) {
    if (!contentCategories.has(part.category) || standing.has(part.position)) continue
    const said = textsOf(part)
    texts += said.length
    if (matcher !== undefined && said.some(matcher.test)) named.add(part.position)
  }
  const events = named.size === 0 ? new Map() : await interactionsAt(tx, controller, [...named])
  const last = positions.at(-1)
  return {
    through: positions.length < page || last === undefined ? upTo : String(BigInt(last) + 1n),
    texts,
    hits: [...events].map(([position, event]) => ({ event, position })),
  }
}
