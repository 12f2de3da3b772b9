import { filesOf } from '../../services/access/files.ts'
import type { CompiledAnswer } from '../../services/access/package.ts'
import { ProcessingActivity, type ProcessingActivityInput } from '../../services/events/activity.ts'
import { Interaction, type InteractionInput } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'

/** The files of an answer as they are written, by name, and the three that tests ask for most as text. */
export async function written(ledger: Ledger, log: Log, answer: CompiledAnswer) {
  const files = new Map<string, Buffer>()
  for (const { name, content } of filesOf(ledger, log, answer)) {
    files.set(name, Buffer.concat(await Array.fromAsync(content())))
  }
  const text = (name: string) => files.get(name)?.toString() ?? ''
  return { files, json: text('answer.json'), html: text('answer.html'), manifest: text('manifest.json') }
}

export const officer = { name: 'handlaggare-17' }
export const why = { actor: officer, purpose: 'Begäran om registerutdrag, dnr KS 2026/117' }

type PersonInput = NonNullable<InteractionInput['persons']>[number]

/** Invented people. */
export const people = {
  vera: { platformId: '90000000000017', handle: 'vera.varlig', displayName: 'Vera Vårlig-Åker' },
  sixten: { platformId: '90000000000023', handle: 'sixten_sommar', displayName: 'Sixten Sommarlund' },
  hjordis: { platformId: '90000000000031', handle: 'hjordisw', displayName: 'Hjördis Winterfeldt' },
  page: { platformId: '90000000000001', handle: 'exempelkommun', displayName: 'Exempelkommun' },
} as const

export const as = (role: PersonInput['role'], person: Omit<PersonInput, 'role'>): PersonInput => ({
  role,
  ...person,
})

/** Everything that tells who somebody is: none of it may stand in another's answer. */
export const tracesOf = (person: { platformId: string; handle: string; displayName: string }) => [
  person.platformId,
  person.handle,
  person.displayName,
  ...person.displayName.split(' '),
]

const actor = { name: 'client-17' }

export async function declared(ledger: Ledger, log: Log, kind: string, document: object): Promise<string> {
  const data = { document: JSON.parse(JSON.stringify(document)) }
  return (await recordCommand(ledger, log, { type: `${kind}.declared`, actor, data })).streamId
}

/** A controller that has declared itself, a page and an activity. */
export async function declareHouse(ledger: Ledger, log: Log) {
  await declared(ledger, log, 'controller', {
    slug: log.slug,
    name: 'Kommunstyrelsen i Exempelkommun',
    kommunkod: '9999',
    organisationNumber: '212000-9994',
    contact: { function: 'Registrator', email: 'registrator@example.org' },
    dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
    complaintAuthority: { name: 'Integritetsskyddsmyndigheten', email: 'imy@example.org' },
    administrativeCourt: 'Förvaltningsrätten i Exempelstad',
  })
  const channel = await declared(ledger, log, 'channel', {
    platform: 'facebook',
    name: 'Kommunens sida',
    accountId: people.page.platformId,
    handle: people.page.handle,
    controllership: 'ownAndThirdParty',
    legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
    openedOn: '2010-02-01',
    publicList: true,
  })
  const activity: ProcessingActivityInput = {
    name: 'Kommunikation på sociala medier',
    purposes: [{ term: 'communication', text: 'Föra dialog kring nämndens verksamhet' }],
    legalBasis: [{ term: 'publicTask', reference: 'Reglemente, KF 2022/14' }],
    personalData: [{ term: 'name' }, { term: 'publicText' }],
    recipients: [{ kind: 'platform', name: 'Exempelplattformen AB', country: 'SE' }],
    transfers: [],
    source: 'Plattformen och den registrerade själv',
    automatedDecisions: { used: false },
    status: 'published',
    scope: { channels: [channel] },
  }
  await declared(ledger, log, 'activity', ProcessingActivity.parse(activity))
  const rule = await declared(ledger, log, 'rule', {
    name: 'Kommentarer av ringa betydelse',
    recordType: 'Kommentar',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    rounding: 'none',
    decision: {
      body: 'Kommunstyrelsen',
      reference: 'KS 2026/12',
      date: '2020-01-15',
      wording: 'Kommentarer gallras efter två månader.',
    },
    validFrom: '2020-02-01',
    scope: { verbs: ['commented', 'replied'] },
  })
  return { channel, rule }
}

/** Records interactions in their order; the first argument says what all have in common. */
export async function record(
  ledger: Ledger,
  log: Log,
  channel: string,
  inputs: readonly Partial<InteractionInput>[],
  platform = 'facebook',
) {
  const drafts = inputs.map((input) =>
    draftOf(
      Interaction.parse({
        channel,
        objectId: '1',
        verb: 'commented',
        occurredAt: '2026-03-05T10:15:00+01:00',
        ...input,
      }),
      { platform },
    ),
  )
  const appended = await ledger.writer(log).append(drafts)
  const refused = appended.find(({ kind }) => kind !== 'stored')
  if (refused !== undefined) throw new Error(`planted data were refused: ${refused.kind}`)
  return appended
}
