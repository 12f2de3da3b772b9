import { knownObjects } from '../disclosures/queries.ts'
import { compileScreen } from '../interactions/screening.ts'
import { type Actor, draftOfCommand, recordDrafts } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError, type Violation } from '../platform/errors.ts'
import { withPerson } from '../subjects/with-person.ts'
import { diaryEntry } from './diary-queries.ts'
import type { DiaryEntry, DiaryEntryDraft, OpenedDiaryEntry } from './diary-schemas.ts'

const screen = compileScreen()

/**
 * Enters a record in the diary, or corrects an entry: then all of it is sent again. A column under secrecy, and a person as
 * sender or recipient, are sealed; what stands open is what the municipality itself has written for the public.
 */
export async function enterDiary(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  draft: DiaryEntryDraft,
  corrected?: { readonly id: string; readonly version: number },
): Promise<DiaryEntry> {
  const { enteredOn, direction, designation, correspondent, brief, object, secrecy } = draft
  const violations: Violation[] = []
  if (enteredOn > localDay(ledger.clock.now()))
    violations.push({ pointer: '/enteredOn', reason: 'lies in the future' })
  const open = [
    ['/brief', brief],
    ['/designation', designation],
    ['/correspondent/organisation', correspondent?.organisation ?? ''],
  ] as const
  for (const [pointer, said] of open) {
    if (screen(said).length > 0)
      violations.push({ pointer, reason: 'holds a personal number, an address or a telephone number' })
  }
  const [found = null] =
    object === undefined ? [] : await reading(ledger, log, (tx) => knownObjects(tx, log.controller, [object]))
  if (object !== undefined && found === null)
    violations.push({ pointer: '/object', reason: 'is no object of this controller' })
  if (violations.length > 0) {
    throw new DomainError('validation-failed', `${violations.length} fields do not fit`, { violations })
  }
  const leftOut = [...new Set(secrecy?.columns ?? [])].toSorted()
  const hidden = (column: 'correspondent' | 'brief') => leftOut.includes(column)
  const { organisation, person } = correspondent ?? {}
  const sealed = {
    ...(organisation !== undefined && hidden('correspondent') ? { organisation } : {}),
    ...(hidden('brief') ? { brief } : {}),
    ...(secrecy === undefined ? {} : { provision: secrecy.provision }),
  }
  const command = draftOfCommand(
    {
      type: 'diary.entered',
      ...(corrected === undefined ? {} : { streamId: corrected.id }),
      expectedVersion: corrected?.version ?? 0,
      actor,
      data: {
        enteredOn,
        direction,
        designation,
        ...(organisation === undefined || hidden('correspondent') ? {} : { correspondent: organisation }),
        person: person !== undefined && !hidden('correspondent'),
        ...(hidden('brief') ? {} : { brief }),
        leftOut,
        ...(found === null ? {} : { object: found }),
      },
      ...(Object.keys(sealed).length === 0 ? {} : { sealed }),
    },
    ledger.clock.now(),
  )
  const named = person === undefined ? command : withPerson(command, 'correspondent', { name: person })
  const [made] = await recordDrafts(ledger, log, [named])
  const entry = await reading(ledger, log, (tx) => diaryEntry(tx, log.controller, made?.streamId as string))
  return (entry ?? missing()).entry
}

/** An entry with the columns that are left out and the person behind it: a look-up. */
export async function openDiaryEntry(
  ledger: Ledger,
  log: Log,
  id: string,
  why: { readonly actor: Actor; readonly purpose: string },
): Promise<OpenedDiaryEntry> {
  const found = await reading(ledger, log, (tx) => diaryEntry(tx, log.controller, id))
  if (found === undefined) return missing()
  const { entry, position } = found
  return lookUp(ledger, log, { ...why, kind: 'shown', scope: { diary: id } }, (open, looked) =>
    reading(ledger, log, async (tx) => {
      const parts = await open(tx, [position])
      const said = (name: string, role = 'actor') => {
        const value = parts.find((part) => part.role === role)?.content?.[name]
        return typeof value === 'string' ? value : undefined
      }
      const correspondent = said('name', 'correspondent') ?? said('organisation') ?? entry.correspondent
      const brief = said('brief') ?? entry.brief
      const provision = said('provision')
      return {
        entry,
        ...(correspondent === undefined ? {} : { correspondent }),
        ...(brief === undefined ? {} : { brief }),
        ...(provision === undefined ? {} : { provision }),
        lookUp: looked,
      }
    }),
  )
}

export function missing(): never {
  throw new DomainError('not-found', 'no such diary entry')
}
