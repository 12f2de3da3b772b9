import { type Actor, draftOfCommand, recordDrafts } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenedPart, reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError, type Violation } from '../platform/errors.ts'
import { withPerson } from '../subjects/with-person.ts'
import { disclosureBy, knownObjects, objectsOfDisclosure } from './queries.ts'
import type { Disclosure, OpenedDisclosure, RecordDisclosure } from './schemas.ts'

/**
 * Records that objects were handed to somebody. The organisation stands open in the log, since the register names it;
 * a person is a data subject of their own and sealed for themselves.
 */
export async function recordDisclosure(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: RecordDisclosure,
): Promise<Disclosure> {
  const now = ledger.clock.now()
  const { kind, organisation, person } = wish.recipient
  const disclosedOn = wish.disclosedOn ?? localDay(now)
  if (disclosedOn > localDay(now)) refuse([{ pointer: '/disclosedOn', reason: 'lies in the future' }])
  const found = await reading(ledger, log, (tx) => knownObjects(tx, log.controller, wish.objects))
  refuse(
    found.flatMap((it, index) =>
      it === null ? [{ pointer: `/objects/${index}`, reason: 'is no object of this controller' }] : [],
    ),
  )
  const draft = draftOfCommand(
    {
      type: 'disclosure.made',
      expectedVersion: 0,
      actor,
      data: {
        recipient: kind,
        person: person !== undefined,
        ground: wish.ground,
        disclosedOn,
        ...(organisation === undefined ? {} : { organisation }),
        ...(wish.provision === undefined ? {} : { provision: wish.provision }),
        ...(wish.reference === undefined ? {} : { reference: wish.reference }),
        objects: [...new Set(found)],
      },
      sealed: { purpose: wish.purpose },
    },
    now,
  )
  const named = person === undefined ? draft : withPerson(draft, 'recipient', person)
  const [stored] = await recordDrafts(ledger, log, [named])
  const made = await reading(ledger, log, (tx) =>
    disclosureBy(tx, log.controller, stored?.streamId as string),
  )
  return made ?? missing()
}

/** A disclosure with the person it went to, its purpose and everything that was handed over: a look-up. */
export async function openDisclosure(
  ledger: Ledger,
  log: Log,
  id: string,
  why: { readonly actor: Actor; readonly purpose: string },
): Promise<OpenedDisclosure> {
  const disclosure = await reading(ledger, log, (tx) => disclosureBy(tx, log.controller, id))
  if (disclosure === undefined) return missing()
  return lookUp(ledger, log, { ...why, kind: 'shown', scope: { disclosure: id } }, (open, position) =>
    reading(ledger, log, async (tx) => ({
      disclosure,
      ...sealedOf(await open(tx, [disclosure.position])),
      objects: await objectsOfDisclosure(tx, log.controller, id),
      lookUp: position,
    })),
  )
}

/**
 * What of a disclosure stands sealed, from the opened parts of its position: for whoever has a look-up of their own, as
 * an access answer has. Nothing where it is destroyed.
 */
export function sealedOf(parts: readonly OpenedPart[]): Pick<OpenedDisclosure, 'purpose' | 'person'> {
  const textOf = (role: string, member: string) => {
    const value = parts.find((part) => part.role === role)?.content?.[member]
    return typeof value === 'string' ? value : undefined
  }
  const purpose = textOf('actor', 'purpose')
  const name = textOf('recipient', 'name')
  const email = textOf('recipient', 'email')
  const person = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) }
  return {
    ...(purpose === undefined ? {} : { purpose }),
    ...(Object.keys(person).length === 0 ? {} : { person }),
  }
}

function refuse(violations: readonly Violation[]): void {
  if (violations.length === 0) return
  const words = violations.length === 1 ? '1 field does not fit' : `${violations.length} fields do not fit`
  throw new DomainError('validation-failed', words, { violations })
}

function missing(): never {
  throw new DomainError('not-found', 'no such disclosure')
}
