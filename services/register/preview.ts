import { z } from 'zod'
import { demandDeclarable } from '../declarations/declare.ts'
import type { Kind } from '../declarations/kinds.ts'
import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { assembleRegister } from './assemble.ts'
import { compareRegisters, RegisterDifference } from './difference.ts'
import type { RegisterFacts, Stated } from './facts.ts'
import { type ReadRetention, readFacts } from './read.ts'
import { assignClasses, recordsOf } from './rules.ts'

export const DeclarationPreview = z
  .strictObject({
    difference: RegisterDifference,
    records: z.int().meta({ description: 'Interaktioner som berörs / interactions concerned' }),
    follows: z.strictObject({ sv: z.array(z.string()), en: z.array(z.string()) }).meta({
      description: 'Vad som följer i övrigt / what else follows',
    }),
  })
  .meta({
    id: 'DeclarationPreview',
    description: 'Vad en ändring skulle innebära / what a change would mean',
  })
export type DeclarationPreview = z.infer<typeof DeclarationPreview>

/**
 * What the register would say if a new version of an activity or a channel were declared now, before it is. Refused as the
 * declaration itself would be; nothing is recorded. Nothing is stored of a scope but in the declaration, so that this is
 * also all that changing it does; what falls due is shown by the preview of the rules.
 */
export async function previewDeclaration<T extends ProcessingActivity | ChannelDeclaration>(
  ledger: Ledger,
  log: Log,
  kind: Kind<T>,
  id: string,
  document: T,
  readRetention: ReadRetention,
): Promise<DeclarationPreview> {
  const versions = await demandDeclarable(ledger, log, kind, id, document)
  const facts = await readFacts(ledger, log, {}, readRetention)
  const version = (versions.at(-1)?.version ?? 0) + 1
  const next = { id, version, document }
  const then =
    kind.name === 'activity'
      ? { ...facts, activities: replaced(facts.activities, next as Stated<ProcessingActivity>) }
      : { ...facts, channels: replaced(facts.channels, next as Stated<ChannelDeclaration>) }
  const before = facts.channels.find((it) => it.id === id)?.document
  return {
    difference: compareRegisters(assembleRegister(facts), assembleRegister(then)),
    records: kind.name === 'activity' ? movedRecords(facts, then, id) : channelRecords(facts, id),
    follows:
      kind.name === 'activity' || before === undefined
        ? { sv: [], en: [] }
        : followsFrom(before, document as ChannelDeclaration),
  }
}

function replaced<T>(stated: readonly Stated<T>[], next: Stated<T>): Stated<T>[] {
  const others = stated.filter(({ id }) => id !== next.id)
  return [...others, next].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Records that come under the activity or leave it. */
function movedRecords(facts: RegisterFacts, then: RegisterFacts, id: string): number {
  const after = new Map(assignClasses(then).map((it) => [`${it.channel} ${it.verb} ${it.capacity}`, it]))
  return assignClasses(facts)
    .filter((it) => {
      const now = after.get(`${it.channel} ${it.verb} ${it.capacity}`)
      return it.activities.includes(id) !== (now?.activities.includes(id) ?? false)
    })
    .reduce((sum, it) => sum + recordsOf(it.rows, undefined), 0)
}

function channelRecords(facts: RegisterFacts, id: string): number {
  return assignClasses(facts)
    .filter(({ channel }) => channel === id)
    .reduce((sum, it) => sum + recordsOf(it.rows, undefined), 0)
}

function followsFrom(before: ChannelDeclaration, after: ChannelDeclaration) {
  const sv: string[] = []
  const en: string[] = []
  const says = (swedish: string, english: string) => {
    sv.push(swedish)
    en.push(english)
  }
  const day = after.legalSource.from ?? after.legalSource.date
  if (before.controllership !== after.controllership) {
    if (after.controllership === 'own')
      says(
        `Från ${day} sparas andras inlägg bara som sammanhang till egna; annat minimeras när det kommer in.`,
        `From ${day} what others write is kept as context to own records only; the rest is minimised as it comes in.`,
      )
    if (before.controllership === 'own')
      says(
        `Från ${day} sparas andras inlägg i sin helhet; det som redan minimerats kommer inte tillbaka.`,
        `From ${day} what others write is kept whole; what has been minimised does not come back.`,
      )
    if (after.controllership === 'joint')
      says(
        'De gemensamt ansvariga står i registrets bokstav a och i informationen till de registrerade.',
        'The joint controllers stand at letter a of the register and in what data subjects are told.',
      )
  }
  if (before.closedOn !== after.closedOn)
    says(
      'Regler som räknas från att kanalen stängs får en annan dag.',
      'Rules that count from the closing of the channel get another day.',
    )
  return { sv, en }
}
