import type { ProcessingActivity } from '../events/activity.ts'
import { type FindingAt, finding } from './finding.ts'
import type { Finding, RegisterChannel, RegisterRow, SeenRecipient } from './schemas.ts'
import { recipientKinds } from './words.ts'

type Declared = NonNullable<ProcessingActivity['recipients']>[number]
type Transfer = NonNullable<ProcessingActivity['transfers']>[number]

/** The European Economic Area: what goes to any other country is a transfer (chapter V GDPR). */
const area = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

/** The declared categories that take in a recipient of a kind, where no other is named in them. */
const covering: Readonly<Record<SeenRecipient['kind'], readonly Declared['kind'][]>> = {
  authority: ['authority'],
  police: ['police', 'authority'],
  court: ['authority'],
  archive: ['archive', 'authority'],
  platform: ['platform'],
  requester: ['requester', 'public'],
  processor: ['processor'],
  other: ['other', 'organisation'],
}

const regionNames = ['sv', 'en'].map((language) => new Intl.DisplayNames(language, { type: 'region' }))

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.trim().toLowerCase() === b.trim().toLowerCase()
}

function isDestination({ destination }: Transfer, country: string): boolean {
  return same(destination, country) || regionNames.some((names) => same(names.of(country), destination))
}

/** Art. 30.1 d asks for categories: a declared kind without a name covers all of it, one with a name only that one. */
function isDeclared(seen: SeenRecipient, declared: readonly Declared[]): boolean {
  return declared.some(({ kind, name }) =>
    name === undefined ? covering[seen.kind].includes(kind) : same(name, seen.organisation),
  )
}

/** Who gets the data, as declared and as it is: letters d and e. */
export function recipientFindings(
  document: ProcessingActivity,
  { observed }: RegisterRow,
  channels: readonly Pick<RegisterChannel, 'transfers'>[],
  at: FindingAt,
): Finding[] {
  const { name, recipients = [], processors = [], transfers = [] } = document
  // A processor is a recipient too (art. 4.9).
  const known = [...recipients, ...processors.map((it) => ({ ...it, kind: 'processor' as const }))]
  const undeclared = observed.recipients.filter((it) => !isDeclared(it, known))
  const outside = known.filter(
    (it) =>
      it.country !== undefined &&
      !area.has(it.country) &&
      !transfers.some((to) => isDestination(to, it.country ?? '') || same(to.recipient, it.name)),
  )
  const sent = channels.flatMap((it) => it.transfers ?? []).map(({ country }) => country)
  const contradicted = [...new Set(sent)].filter((to) => !transfers.some((it) => isDestination(it, to)))
  return [
    ...undeclared.map((it) =>
      finding('recipient-not-declared', `${name}: ${it.organisation ?? kindText(it)}`, {
        ...at,
        letter: 'd',
      }),
    ),
    ...outside.map((it) =>
      finding('transfer-not-declared', `${name}: ${it.name ?? it.kind} (${it.country})`, {
        ...at,
        letter: 'e',
      }),
    ),
    // Where transfers are not declared at all, letter e is missing; these are declared otherwise than the channel's.
    ...(document.transfers === undefined
      ? []
      : contradicted.map((to) => finding('transfer-contradicted', `${name}: ${to}`, { ...at, letter: 'e' }))),
    ...transfers.flatMap((it) => transferFindings(name, it, { ...at, letter: 'e' })),
  ]
}

function kindText({ kind }: SeenRecipient): string {
  const { sv, en } = recipientKinds[kind]
  return sv === en ? sv : `${sv} / ${en}`
}

function transferFindings(name: string, it: Transfer, at: FindingAt): Finding[] {
  const what = `${name}: ${it.destination}`
  if (it.safeguard === undefined)
    return area.has(it.destination) ? [] : [finding('safeguard-missing', what, at)]
  return it.safeguard === 'compellingInterests' && it.documentation === undefined
    ? [finding('exception-undocumented', what, at)]
    : []
}
