import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { ControllerDeclaration } from '../events/controller.ts'
import {
  dataSubjectTerms,
  measureTerms,
  personalDataTerms,
  purposeTerms,
  safeguardTerms,
  type Term,
} from '../events/register-terms.ts'
import type { AppliedRule, Letter, LetterAnswer } from './schemas.ts'

type Worded = { readonly term: string; readonly text?: string | undefined }

const recipientKinds = {
  processor: ['personuppgiftsbiträde', 'processor'],
  platform: ['plattform', 'platform'],
  authority: ['myndighet', 'authority'],
  police: ['Polismyndigheten', 'the police'],
  archive: ['arkivmyndighet', 'archive authority'],
  requester: ['den som begär allmän handling', 'whoever asks for a public record'],
  public: ['allmänheten', 'the public'],
  organisation: ['organisation', 'organisation'],
  other: ['annan', 'other'],
} as const

function lettered(
  letter: Letter,
  lines: readonly (readonly [sv: string, en: string])[] | undefined,
): LetterAnswer {
  if (lines === undefined) return { letter, state: 'missing', sv: [], en: [] }
  if (lines.length === 0) return { letter, state: 'none', sv: ['Inga'], en: ['None'] }
  return { letter, state: 'declared', sv: lines.map(([sv]) => sv), en: lines.map(([, en]) => en) }
}

function worded(items: readonly Worded[] | undefined, terms: Readonly<Record<string, Term>>) {
  return items?.map(({ term, text }): [string, string] => {
    const beside = text === undefined ? '' : `: ${text}`
    const { sv = term, en = term } = terms[term] ?? {}
    return [sv + beside, en + beside]
  })
}

function present(...parts: readonly (string | undefined)[]): string {
  return parts.filter((it) => it !== undefined && it !== '').join(', ')
}

function controllerLines(
  controller: ControllerDeclaration | undefined,
  channels: readonly ChannelDeclaration[],
): [string, string][] | undefined {
  if (controller === undefined) return undefined
  const { name, organisationNumber, contact, dataProtectionOfficer: officer, representative } = controller
  const lines: [string, string][] = [
    [
      present(name, organisationNumber, contact.function, contact.email),
      present(name, organisationNumber, contact.function, contact.email),
    ],
    [
      `Dataskyddsombud: ${present(officer.function, officer.email)}`,
      `Data-protection officer: ${present(officer.function, officer.email)}`,
    ],
  ]
  if (representative !== undefined)
    lines.push([
      `Företrädare: ${present(representative.function, representative.email)}`,
      `Representative: ${present(representative.function, representative.email)}`,
    ])
  const joint = new Set(channels.flatMap((it) => it.jointControllers ?? []))
  for (const other of joint) lines.push([`Gemensamt ansvarig: ${other}`, `Joint controller: ${other}`])
  return lines
}

function ruleLine({ action, period, name, reference, version, tags }: AppliedRule): [string, string] {
  // To preserve is the law (arkivlagen 3 §): only destruction must cite a decision.
  const ground = reference ?? (action === 'preserve' ? undefined : 'MISSING')
  const by = present(name, `v${version}`, ground, tags === undefined ? undefined : `#${tags.join(' #')}`)
  return action === 'preserve'
    ? [`BEVARAS (${by})`, `PRESERVED (${by})`]
    : [`GALLRAS efter ${period} (${by})`, `DESTROYED after ${period} (${by})`]
}

/** Letters a–g of art. 30.1 for an activity: what is not declared stays missing. */
export function lettersOf(
  activity: ProcessingActivity,
  controller: ControllerDeclaration | undefined,
  channels: readonly ChannelDeclaration[],
  rules: readonly AppliedRule[],
): LetterAnswer[] {
  const subjects = worded(activity.dataSubjects, dataSubjectTerms)
  const data = worded(activity.personalData, personalDataTerms)
  const limits: [string, string][] = [
    ...(activity.retentionText === undefined
      ? []
      : [[activity.retentionText, activity.retentionText] as [string, string]]),
    ...rules.map(ruleLine),
  ]
  return [
    lettered('a', controllerLines(controller, channels)),
    lettered('b', worded(activity.purposes, purposeTerms)),
    lettered('c', subjects === undefined || data === undefined ? undefined : [...subjects, ...data]),
    lettered(
      'd',
      activity.recipients?.map(({ kind, name, country, text }): [string, string] => {
        const [sv, en] = recipientKinds[kind]
        return [
          present(name ?? sv, name === undefined ? undefined : sv, country, text),
          present(name ?? en, name === undefined ? undefined : en, country, text),
        ]
      }),
    ),
    lettered(
      'e',
      activity.transfers?.map(
        ({ destination, recipient, safeguard, documentation, text }): [string, string] => {
          const ground = safeguard === undefined ? undefined : safeguardTerms[safeguard]
          return [
            present(destination, recipient, ground?.sv ?? 'skyddsåtgärd: MISSING', documentation, text),
            present(destination, recipient, ground?.en ?? 'safeguard: MISSING', documentation, text),
          ]
        },
      ),
    ),
    lettered('f', limits.length === 0 ? undefined : limits),
    lettered('g', worded(activity.measures, measureTerms)),
  ]
}
