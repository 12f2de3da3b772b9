import { ControllerDeclaration } from '../events/controller.ts'
import type { Answer } from './answer.ts'
import type { Language, TextSearch } from './case-file.ts'
import { compileActivities, type RegisterThen, registerOf } from './compile-activities.ts'
import { compileCopy } from './compile-copy.ts'
import { disclosuresIn, goneUnder } from './compile-handed.ts'
import type { CompileInput } from './compile-input.ts'
import { accountsOf } from './compile-person.ts'
import { deadlineOf } from './states.ts'
import { wordsFor } from './words.ts'

/** The whole answer from what was opened. Pure: the same input gives the same answer. */
export function compile(input: CompileInput): Answer {
  const { gathered, compiled, language } = input
  const register = registerOf(gathered.declared)
  const copy = compileCopy(input, register)
  const concerning = gathered.items.filter((it) => it.relation === 'own' || it.relation === 'about')
  const days = concerning
    .filter((it) => !copy.withheld(it))
    .map(({ event }) => event.occurredOn)
    .toSorted()
  const gone = concerning.filter((it) => it.content === undefined && it.other.length === 0)
  const { unpaused, paused } = deadlineOf(compiled.state)
  const [firstOn, lastOn] = [days[0], days.at(-1)]
  return {
    format: 'liggare/access-answer/v1',
    language,
    case: input.case,
    upTo: gathered.upTo,
    preparedOn: compiled.on,
    deadline: { unpaused, ...(paused && { paused }), extended: compiled.state.extendedOn !== undefined },
    controller: controllerIn(register, language),
    confirmation: {
      processed: concerning.length > 0,
      records: concerning.length,
      ...(firstOn && { firstOn }),
      ...(lastOn && { lastOn }),
    },
    accounts: accountsOf(
      gathered.items.filter((it) => !copy.withheld(it)),
      compiled.links,
    ),
    ...compileActivities(concerning, register, language),
    disclosures: disclosuresIn(gathered, copy),
    lookUps: gathered.lookUps.map(({ on, kind, purpose }, index) => {
      const masked = purpose === undefined ? undefined : copy.mask(`/lookUps/${index}/purpose`, purpose)
      return { on, kind, ...(masked === undefined ? {} : { purpose: masked }) }
    }),
    lookUpsUnjudged: gathered.unjudged,
    copy: { threads: copy.threads },
    withheld: { privateRecords: copy.privateRecords, redactions: copy.redactions() },
    notHeld: {
      disposed: gone.length,
      under: goneUnder(gone, copy),
      ruledPrivate: gathered.ruledPrivate,
      ownContentOnly: [...register.channels.values()]
        .filter(({ controllership }) => controllership === 'own')
        .map(({ name }) => name),
    },
    searched: { persons: gathered.upTo.position, ...searchedText(compiled.search) },
  }
}

/** Up to where running text was searched, and what of it nobody has looked at; nothing while no search is finished. */
function searchedText(search: TextSearch | undefined): Pick<Answer['searched'], 'freeText'> {
  if (search?.finished !== true) return {}
  const { upTo, hits, reviewed } = search
  return { freeText: { upTo, hits, unreviewed: hits - reviewed } }
}

/** A controller that has not declared itself is still answered for, and the person still told where to complain. */
function controllerIn(register: RegisterThen, language: Language): Answer['controller'] {
  const declared = ControllerDeclaration.safeParse(register.controller)
  if (!declared.success) {
    return {
      name: wordsFor(language).unnamed,
      complaintAuthority: { name: 'Integritetsskyddsmyndigheten (IMY)' },
    }
  }
  const {
    name,
    organisationNumber,
    contact,
    dataProtectionOfficer,
    complaintAuthority,
    administrativeCourt,
  } = declared.data
  return {
    name,
    organisationNumber,
    contact: contactOf(contact),
    dataProtectionOfficer: contactOf(dataProtectionOfficer),
    complaintAuthority: {
      name: complaintAuthority.name,
      ...(complaintAuthority.email && { email: complaintAuthority.email }),
      ...(complaintAuthority.url && { url: complaintAuthority.url }),
    },
    ...(administrativeCourt && { administrativeCourt }),
  }
}

function contactOf(contact: ControllerDeclaration['contact']): NonNullable<Answer['controller']['contact']> {
  const { function: title, email, telephone, postalAddress } = contact
  return { function: title, email, ...(telephone && { telephone }), ...(postalAddress && { postalAddress }) }
}
