import { setTimeout as sleep } from 'node:timers/promises'
import type { Interaction } from '../events/interaction.ts'
import { isLasting } from '../interactions/fact.ts'
import { screenOf } from '../interactions/screen-of.ts'
import type { Draft } from '../ledger/draft.ts'
import { knownFacts } from '../ledger/find.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import type { Translated } from '../sources/source.ts'
import type { Channel } from './channel.ts'
import {
  demandDraft,
  interactionDraft,
  interactionOf,
  type Origin,
  unrecognisedDraft,
  variantDraft,
} from './drafts.ts'
import { type Kinship, noteOwn, relationsOf } from './relations.ts'
import { capacityOf, isOwn, type OwnAccount, settingOn, type Treatment, treatmentOf } from './scope.ts'
import type { Tally } from './tally.ts'

/** A delivery on its way in. */
export type Intake = {
  readonly ledger: Ledger
  readonly log: Log
  readonly channel: Channel
  readonly account: OwnAccount
  readonly origin: Origin
  readonly tally: Tally
  readonly kinship: Kinship
  /** Waits out a busy log, as an import can; a platform is told to come again instead. */
  readonly patient: boolean
}

/** An item ready for the log. */
type Ready = {
  readonly draft: Draft
  readonly treatment: Treatment
  readonly interaction?: Interaction
  /** Of what is unrecognised. */
  readonly nativeKind?: string
}

/** As many as one batch of the log's writer takes. */
const batchSize = 500

/**
 * Takes items into the log in batches, at most two on their way, so that memory stays flat whatever the length. `onBatch` is called
 * after each batch is durable. Throws `log-busy` and `log-unavailable`: taking the same items again is safe.
 */
export async function ingest(
  intake: Intake,
  items: Iterable<Translated> | AsyncIterable<Translated>,
  onBatch: (intake: Intake) => Promise<void> = async () => {},
): Promise<void> {
  let batch: Translated[] = []
  let under: Promise<void> = Promise.resolve()
  const flush = async () => {
    const ready = await prepared(intake, batch)
    batch = []
    const before = under
    under = appended(intake, ready).then(async (outcomes) => {
      await before
      await settleAll(intake, ready, outcomes)
      await onBatch(intake)
    })
    // Its failure is met below, after the one before it.
    under.catch(() => {})
    await before
  }
  for await (const item of items) {
    batch.push(item)
    if (batch.length >= batchSize) await flush()
  }
  if (batch.length > 0) await flush()
  await under
}

/** What taking the items would come to, as far as the log can tell beforehand; writes nothing. */
export async function preview(
  intake: Intake,
  items: Iterable<Translated> | AsyncIterable<Translated>,
): Promise<void> {
  let batch: Translated[] = []
  const flush = async () => {
    const ready = await prepared(intake, batch)
    batch = []
    const drafts = ready.map((it) => it.draft)
    const facts = await knownFacts(
      intake.ledger,
      intake.log,
      drafts.map((it) => it.fact ?? ''),
    )
    const aliases = await knownFacts(
      intake.ledger,
      intake.log,
      drafts.map((it) => it.alias ?? ''),
    )
    for (const [index, one] of ready.entries()) {
      intake.tally.add('read')
      if (facts[index] === true || aliases[index] === true) intake.tally.add('corroborated')
      else settleNew(intake.tally, one)
    }
  }
  for await (const item of items) {
    batch.push(item)
    if (batch.length >= batchSize) await flush()
  }
  if (batch.length > 0) await flush()
}

async function prepared(intake: Intake, items: readonly Translated[]): Promise<Ready[]> {
  const { origin, channel, account, kinship } = intake
  const screen = await screenOf(intake.ledger, intake.log)
  const interactions = items.map((item) =>
    item.kind === 'interaction' ? interactionOf(item.interaction, origin) : undefined,
  )
  const present = interactions.filter((it) => it !== undefined)
  const scoped = channel.settings.some(({ setting }) => setting.controllership === 'own')
  if (scoped) for (const interaction of present) noteOwn(kinship, interaction, account)
  const others = scoped ? present.filter((it) => !isOwn(it, account)) : []
  const found =
    others.length === 0 ? [] : await relationsOf(intake.ledger, intake.log, account, kinship, others)
  const relations = new Map(others.map((it, index) => [it, found[index]]))
  return items.map((item, index) => {
    if (item.kind === 'platform-demand') return { draft: demandDraft(item, origin), treatment: 'whole' }
    const interaction = interactions[index]
    if (item.kind === 'unrecognised') return unrecognised(intake, item)
    if (interaction === undefined) return unrecognised(intake, untimely(item.interaction))
    const setting = settingOn(channel.settings, localDay(new Date(interaction.occurredAt)))
    const relation = relations.get(interaction) ?? { repliesToOwn: false, answeredByOwn: false }
    const treatment = treatmentOf(interaction, setting, account, relation)
    const capacity = capacityOf(interaction, setting, isOwn(interaction, account))
    const judged = capacity === undefined ? interaction : { ...interaction, capacity }
    const draft = interactionDraft(judged, item.alias, origin, treatment, screen)
    return { draft, treatment, interaction: judged }
  })
}

function unrecognised(intake: Intake, item: Parameters<typeof unrecognisedDraft>[0]): Ready {
  return { draft: unrecognisedDraft(item, intake.origin), treatment: 'whole', nativeKind: item.nativeKind }
}

function untimely(candidate: {
  readonly verb: string
  readonly native?: { readonly kind: string } | undefined
}) {
  return {
    nativeKind: candidate.native?.kind ?? candidate.verb,
    raw: JSON.stringify(candidate),
    reason: 'does not fit: occurredAt',
  }
}

const patience = [100, 300, 1000, 3000, 10_000, 30_000]

/** One call for all; where it fails because of one of them, each by itself: what was stored meanwhile is found again. */
async function appended(intake: Intake, ready: readonly Ready[]): Promise<(Appended | Error)[]> {
  const writer = intake.ledger.writer(intake.log)
  const drafts = ready.map((it) => it.draft)
  for (let tries = 0; ; tries++) {
    try {
      return await writer.append(drafts)
    } catch (error) {
      const busy =
        error instanceof DomainError && (error.code === 'log-busy' || error.code === 'log-unavailable')
      if (!busy) return eachByItself(writer.append, drafts)
      const wait = patience[tries]
      if (!intake.patient || wait === undefined) throw error
      await sleep(wait)
    }
  }
}

async function eachByItself(
  append: (drafts: readonly Draft[]) => Promise<Appended[]>,
  drafts: readonly Draft[],
): Promise<(Appended | Error)[]> {
  const outcomes: (Appended | Error)[] = []
  for (const draft of drafts) {
    try {
      outcomes.push((await append([draft]))[0] as Appended)
    } catch (error) {
      if (error instanceof DomainError && error.code.startsWith('log-')) throw error
      outcomes.push(error instanceof Error ? error : new Error('not an error', { cause: error }))
    }
  }
  return outcomes
}

async function settleAll(
  intake: Intake,
  ready: readonly Ready[],
  outcomes: readonly (Appended | Error)[],
): Promise<void> {
  const { tally } = intake
  const differing: { readonly one: Ready; readonly outcome: Appended }[] = []
  for (const [index, outcome] of outcomes.entries()) {
    const one = ready[index] as Ready
    tally.add('read')
    if (outcome instanceof Error) tally.add('rejected')
    else if (outcome.kind === 'stored') settleStored(tally, one, outcome)
    else if (outcome.kind === 'duplicate' && outcome.same === false && one.interaction !== undefined)
      differing.push({ one, outcome })
    else if (outcome.kind === 'duplicate') corroborate(tally, outcome)
    else if (outcome.kind === 'already-disposed' || outcome.kind === 'condemned') tally.add('disposed')
    else throw new DomainError('log-unavailable', `The log answered ${outcome.kind}. Try again.`)
  }
  if (differing.length > 0) await keepVariants(intake, differing)
}

function settleStored(tally: Tally, one: Ready, outcome: Appended): void {
  const { interaction } = one
  tally.brought(outcome.position)
  settleNew(tally, one)
  const isLater = interaction !== undefined && isLasting(interaction) && laterVerbs.has(interaction.verb)
  if (isLater && outcome.version === 1) tally.add('unmatched')
}

function settleNew(tally: Tally, { draft, interaction, treatment, nativeKind }: Ready): void {
  if (nativeKind !== undefined) tally.unrecognised(nativeKind)
  else if (draft.type === 'platform.demanded') tally.add('demands')
  else if (interaction !== undefined) tally.add('recorded')
  if (treatment === 'minimised') tally.add('minimised')
}

const laterVerbs: ReadonlySet<string> = new Set(['edited', 'removed', 'hidden', 'unhidden'])

function corroborate(tally: Tally, outcome: Appended): void {
  tally.corroborated(outcome.position)
  tally.add('corroborated')
}

/**
 * The same fact with other content. Found by its alias alone (another route, which has other ids and says less or more), the text is
 * the same by definition, and the difference is the route's. Found by its own ids, both contents are kept.
 */
async function keepVariants(
  intake: Intake,
  differing: readonly { readonly one: Ready; readonly outcome: Appended }[],
): Promise<void> {
  const { ledger, log, tally } = intake
  const known = await knownFacts(
    ledger,
    log,
    differing.map(({ one }) => one.draft.fact ?? ''),
  )
  const variants: Ready[] = []
  for (const [index, { one, outcome }] of differing.entries()) {
    if (known[index] === true)
      variants.push({ ...one, draft: variantDraft(one.draft, one.interaction as Interaction) })
    else corroborate(tally, outcome)
  }
  if (variants.length === 0) return
  for (const outcome of await appended(intake, variants)) {
    if (outcome instanceof Error) tally.add('rejected')
    else if (outcome.kind === 'stored') {
      tally.brought(outcome.position)
      tally.add('variants')
    } else if (outcome.kind === 'duplicate') corroborate(tally, outcome)
    else if (outcome.kind === 'already-disposed' || outcome.kind === 'condemned') tally.add('disposed')
    else throw new DomainError('log-unavailable', `The log answered ${outcome.kind}. Try again.`)
  }
}
