import { sealedOf } from '../disclosures/disclose.ts'
import { disclosuresOf } from '../disclosures/queries.ts'
import type { Disclosure } from '../disclosures/schemas.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { logSize } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { AccessFile, Language, TellingOutcome } from './case-file.ts'
import { loadCase } from './case-steps.ts'
import { objectsOfSubjects } from './rights-queries.ts'
import type { RequestedRight } from './states.ts'

/** Somebody to whom records of the person were handed, and the letter that tells them what has changed. */
export type Recipient = {
  readonly disclosure: Disclosure
  /** How many of the person's objects they got. */
  readonly objects: number
  readonly letter: string
  readonly outcome?: TellingOutcome
}

const changed: Readonly<Record<Language, Partial<Record<RequestedRight, string>>>> = {
  sv: {
    rectification: 'rättats genom ett påpekande som nu står bredvid dem',
    erasure: 'raderats hos oss',
    restriction: 'begränsats: vi lagrar dem men använder dem inte',
  },
  en: {
    rectification: 'been rectified by a statement that now stands beside them',
    erasure: 'been erased with us',
    restriction: 'been restricted: we store them but do not use them',
  },
}

/**
 * Whom to tell of a rectification, an erasure or a restriction: everybody to whom records of the linked persons were
 * handed, with the letter. A private recipient is named in the letter, so this is a look-up.
 */
export async function recipientsToTell(
  ledger: Ledger,
  log: Log,
  why: { readonly actor: Actor; readonly purpose: string },
  id: string,
): Promise<{ readonly lookUp: string; readonly recipients: readonly Recipient[] }> {
  const file = await loadCase(ledger, log, id)
  requireTelling(file)
  const subjects = file.links.map(({ subject }) => subject)
  const scope = { case: id, subjects: [...subjects], search: 'recipients' }
  return lookUp(ledger, log, { ...why, kind: 'shown', scope }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const size = await logSize(tx, log.controller)
      const objects = await objectsOfSubjects(tx, log.controller, subjects)
      const disclosed = await disclosuresOf(tx, log.controller, objects, size)
      const parts = Map.groupBy(
        await open(
          tx,
          disclosed.map(({ disclosure }) => disclosure.position),
        ),
        (part) => part.position,
      )
      const recipients = disclosed.map(({ disclosure, objects: mine }): Recipient => {
        const { person } = sealedOf(parts.get(disclosure.position) ?? [])
        const name = disclosure.recipient.organisation ?? person?.name ?? person?.email
        const outcome = file.told.get(disclosure.id)
        return {
          disclosure,
          objects: mine.length,
          letter: letterTo(name, disclosure, mine.length, file),
          ...(outcome === undefined ? {} : { outcome }),
        }
      })
      return { lookUp: position, recipients }
    }),
  )
}

/** What was done about one recipient, as an event; why in words, sealed. */
export async function noteTelling(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  told: { readonly disclosure: string; readonly outcome: TellingOutcome },
  note?: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireTelling(file)
  if (told.outcome !== 'told' && note === undefined) {
    throw new DomainError('validation-failed', 'Why nobody was told is written down (art. 19)')
  }
  await recordCommand(ledger, log, {
    type: 'access.recipient-told',
    streamId: id,
    expectedVersion: file.version,
    actor,
    data: { ...told },
    ...(note === undefined ? {} : { sealed: { note } }),
  })
  return loadCase(ledger, log, id)
}

function requireTelling({ state }: AccessFile): void {
  if (changed.sv[state.right] === undefined) {
    throw new DomainError('state-conflict', `Nobody is told of a request under ${state.right} (art. 19)`)
  }
}

function letterTo(
  name: string | undefined,
  disclosure: Disclosure,
  objects: number,
  file: AccessFile,
): string {
  const { language } = file
  const what = changed[language][file.state.right] ?? ''
  const reference = disclosure.reference === undefined ? '' : ` (${disclosure.reference})`
  return language === 'sv'
    ? `Till ${name ?? 'mottagaren'}\n\nDen ${disclosure.disclosedOn} lämnade vi ut ${objects} uppgifter till er${reference}. Uppgifterna har ${what}. Vi underrättar er enligt artikel 19 i dataskyddsförordningen. Pröva om ni behöver göra detsamma.\n\nVårt ärende: ${file.id}`
    : `To ${name ?? 'the recipient'}\n\nOn ${disclosure.disclosedOn} we handed ${objects} records to you${reference}. They have ${what}. We tell you of it under Article 19 of the GDPR. Consider whether you have to do the same.\n\nOur case: ${file.id}`
}
