import { isAfterClosing } from '../interactions/closing.ts'
import { screenOf } from '../interactions/screen-of.ts'
import { type KnownContent, knownContents, knownFacts } from '../ledger/find.ts'
import { localDay } from '../platform/clock.ts'
import type { Translated } from '../sources/source.ts'
import { demandDraft, interactionDraft, interactionOf, unrecognisedDraft, variantDraft } from './drafts.ts'
import { appended, type Intake, type Ready } from './intake.ts'
import { noteOwn, relationsOf } from './relations.ts'
import { capacityOf, isOwn, settingOn, treatmentOf } from './scope.ts'
import { settleAll, settleNew } from './settle.ts'

/** As many as one batch of the log's writer takes, in items and in characters of what people wrote. */
const [batchSize, batchWeight] = [500, 1_048_576]

/** Items in batches that are none too many and, but for a single one, none too heavy: posts of megabytes come few at a time. */
async function* batchesOf(
  items: Iterable<Translated> | AsyncIterable<Translated>,
): AsyncGenerator<Translated[]> {
  let batch: Translated[] = []
  let weight = 0
  for await (const item of items) {
    batch.push(item)
    weight += weightOf(item)
    if (batch.length < batchSize && weight < batchWeight) continue
    yield batch
    batch = []
    weight = 0
  }
  if (batch.length > 0) yield batch
}

function weightOf(item: Translated): number {
  if (item.kind === 'unrecognised') return item.raw.length
  if (item.kind === 'platform-demand') return 0
  const { text, rawText, native } = item.interaction
  return (text?.length ?? 0) + (rawText?.length ?? 0) + (native?.detail?.length ?? 0)
}

/**
 * Takes items into the log in batches, at most two on their way, so that memory stays flat whatever the length. `onBatch` is called
 * after each batch is durable. Throws `log-busy` and `log-unavailable`: taking the same items again is safe.
 */
export async function ingest(
  intake: Intake,
  items: Iterable<Translated> | AsyncIterable<Translated>,
  onBatch: (intake: Intake) => Promise<void> = async () => {},
): Promise<void> {
  let under: Promise<void> = Promise.resolve()
  for await (const all of batchesOf(items)) {
    const batch = all.filter((item) => !isLate(intake, item))
    const refused = all.length - batch.length
    const ready = await prepared(intake, batch)
    const before = under
    under = appended(intake, ready).then(async (outcomes) => {
      await before
      await settleAll(intake, ready, outcomes)
      // With their batch, so that what is counted as read is durable up to there.
      for (let each = 0; each < refused; each++) settleLate(intake)
      await onBatch(intake)
    })
    // Its failure is met below, after the one before it.
    under.catch(() => {})
    await before
  }
  await under
}

/** What taking the items would come to, as far as the log can tell beforehand; writes nothing. */
export async function preview(
  intake: Intake,
  items: Iterable<Translated> | AsyncIterable<Translated>,
): Promise<void> {
  for await (const all of batchesOf(items)) {
    const batch = all.filter((item) => !isLate(intake, item))
    for (let each = batch.length; each < all.length; each++) settleLate(intake)
    const ready = await prepared(intake, batch)
    const drafts = ready.map((it) => it.draft)
    const facts = await knownContents(
      intake.ledger,
      intake.log,
      drafts.map((it) => it.fact ?? ''),
    )
    const isVariant = await newVariants(intake, ready, facts)
    const aliases = await knownFacts(
      intake.ledger,
      intake.log,
      drafts.map((it) => it.alias ?? ''),
    )
    for (const [index, one] of ready.entries()) {
      intake.tally.add('read')
      if (isVariant[index] === true) intake.tally.add('variants')
      else if (facts[index] !== undefined || aliases[index] === true) intake.tally.add('corroborated')
      else settleNew(intake.tally, one)
    }
  }
}

/** What happened on a channel after its last day is none of its own; the delivery that carried it is kept as it came. */
function isLate({ channel, origin }: Intake, item: Translated): boolean {
  if (channel.closedOn === undefined || item.kind !== 'interaction') return false
  const interaction = interactionOf(item.interaction, origin)
  return interaction !== undefined && isAfterClosing(interaction, channel.closedOn)
}

function settleLate({ tally }: Intake): void {
  tally.add('read')
  tally.add('rejected')
}

/** Which items would be kept beside a fact, as other content of it that has not been seen before. */
async function newVariants(
  { ledger, log }: Intake,
  ready: readonly Ready[],
  held: readonly (KnownContent | undefined)[],
): Promise<boolean[]> {
  const { content } = ledger.digests(log.controller)
  const facts = ready.map(({ draft, interaction }, index) => {
    const differs = held[index]?.equals(content(draft.content ?? '')) === false
    return differs && interaction !== undefined ? (variantDraft(draft, interaction).fact ?? '') : ''
  })
  const known = await knownFacts(ledger, log, facts)
  return facts.map((fact, index) => fact !== '' && known[index] !== true)
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
  const draft = unrecognisedDraft(item, intake.origin)
  if ('object' in draft.stream) intake.onUnrecognised?.(draft.stream.object)
  return { draft, treatment: 'whole', nativeKind: item.nativeKind }
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
