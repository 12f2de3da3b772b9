import { declare, declareController } from '../declarations/declare.ts'
import { activityKind, channelKind, ruleKind } from '../declarations/kinds.ts'
import { listDeclarations } from '../declarations/queries.ts'
import { ProcessingActivity, type ProcessingActivityInput } from '../events/activity.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { RetentionRule, type RetentionRuleInput } from '../events/retention-rule.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'

const actor = { name: 'demo' }

export type DemoChannels = {
  readonly facebook: string
  readonly blog: string
  readonly x: string
  readonly director: string
}

/** Enters the invented municipality once: two controllers, four channels, two activities, four rules. */
export async function declareMunicipality(
  ledger: Ledger,
): Promise<{ board: Log; committee: Log; channels: DemoChannels }> {
  const board = await openController(ledger, 'kommunstyrelsen', 'Kommunstyrelsen i Sagodal')
  const committee = await openController(ledger, 'kulturnamnden', 'Kulturnämnden i Sagodal')
  const channels = {
    facebook: await channel(ledger, board, {
      platform: 'facebook',
      name: 'Kommunens sida på Facebook',
      accountId: '900000000000001',
      handle: 'sagodalskommun',
      url: 'https://facebook.example/sagodalskommun',
      controllership: 'ownAndThirdParty',
      legalSource: {
        decision: 'Tillsynsbeslut om sociala medier: även det som andra skriver på sidan',
        date: '2010-07-05',
      },
      supervisionInterval: 'P1D',
      openedOn: '2010-02-01',
      publicList: true,
      defaultCapacity: 'service',
    }),
    x: await channel(ledger, board, {
      platform: 'x',
      name: 'Kommunens konto på X (Twitter)',
      accountId: '7000000001',
      handle: 'sagodal',
      controllership: 'own',
      legalSource: {
        decision: 'Tillsynsbeslut om sociala medier: bara det som kommunen själv skriver',
        date: '2010-07-05',
      },
      openedOn: '2010-03-01',
      publicList: true,
      defaultCapacity: 'service',
    }),
    director: await channel(ledger, board, {
      platform: 'x',
      name: 'Kommundirektörens konto på X',
      accountId: '7000000009',
      handle: 'direktoren_i_sagodal',
      holder: 'Kommundirektören',
      controllership: 'own',
      legalSource: {
        decision: 'Riktlinjer för sociala medier: kontot används både i tjänsten och privat',
        date: '2010-12-30',
      },
      openedOn: '2010-03-15',
      publicList: false,
      defaultCapacity: 'mixed',
    }),
    blog: await channel(ledger, committee, {
      platform: 'wordpress',
      name: 'Sagodalsbloggen',
      url: 'https://blogg.sagodal.example/',
      controllership: 'ownAndThirdParty',
      legalSource: {
        decision: 'Tillsynsbeslut om sociala medier: även det som andra skriver på bloggen',
        date: '2010-07-05',
      },
      supervisionInterval: 'P2D',
      openedOn: '2014-01-07',
      publicList: true,
      defaultCapacity: 'service',
    }),
  }
  await activities(ledger, board, committee)
  await rules(ledger, board, channels)
  await rules(ledger, committee, undefined)
  return { board, committee, channels }
}

async function openController(ledger: Ledger, slug: string, name: string): Promise<Log> {
  const document = ControllerDeclaration.parse({
    slug,
    name,
    kommunkod: '9999',
    organisationNumber: '212000-9994',
    contact: { function: 'Registrator', email: `${slug}@sagodal.example` },
    dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@sagodal.example' },
    complaintAuthority: { name: 'Integritetsskyddsmyndigheten' },
    administrativeCourt: 'Förvaltningsrätten i Sagodal',
    archiveAuthority: 'Kommunstyrelsen i Sagodal',
  })
  try {
    return (await declareController(ledger, slug, document, actor)).log
  } catch (error) {
    const log = await ledger.find(slug)
    if (log === undefined || !(error instanceof DomainError) || error.code !== 'already-exists') throw error
    return log
  }
}

type Named = { readonly name: string }

/** The id of what bears this name already: repeating the demo declares nothing twice. */
async function existing(
  ledger: Ledger,
  log: Log,
  kind: 'channel' | 'activity' | 'rule',
  name: string,
): Promise<string | undefined> {
  const { items } = await reading(ledger, log, (tx) => listDeclarations(tx, log.controller, kind))
  return items.find((item) => (item.document as Named).name === name)?.id
}

async function channel(ledger: Ledger, log: Log, document: ChannelDeclaration): Promise<string> {
  const known = await existing(ledger, log, 'channel', document.name)
  return (
    known ??
    (await declare(ledger, log, channelKind, { document: ChannelDeclaration.parse(document), actor })).id
  )
}

async function activity(ledger: Ledger, log: Log, document: ProcessingActivityInput): Promise<void> {
  if ((await existing(ledger, log, 'activity', document.name)) !== undefined) return
  await declare(ledger, log, activityKind, { document: ProcessingActivity.parse(document), actor })
}

async function rule(ledger: Ledger, log: Log, document: RetentionRuleInput): Promise<void> {
  if ((await existing(ledger, log, 'rule', document.name)) !== undefined) return
  await declare(ledger, log, ruleKind, { document: RetentionRule.parse(document), actor })
}

async function activities(ledger: Ledger, board: Log, committee: Log): Promise<void> {
  const communication: ProcessingActivityInput = {
    name: 'Kommunikation på sociala medier',
    purposes: [
      { term: 'communication', text: 'Informera om verksamheten och föra dialog med dem som bor här' },
    ],
    legalBasis: [{ term: 'publicTask', reference: 'Reglemente, KF 2022/14' }],
    dataSubjects: [{ term: 'visitors' }, { term: 'employees' }],
    personalData: [{ term: 'name' }, { term: 'handle' }, { term: 'publicText' }, { term: 'reaction' }],
    recipients: [{ kind: 'platform', name: 'Plattformsbolaget AB', country: 'IE' }],
    transfers: [{ destination: 'US', safeguard: 'adequacyDecision' }],
    retentionText: 'Se gallringsreglerna.',
    measures: [{ term: 'encryptionAtRest' }, { term: 'accessControl' }, { term: 'erasurePolicy' }],
    automatedDecisions: { used: false },
    status: 'published',
    nextReview: '2027-01-31',
    scope: {
      verbs: [
        'published',
        'commented',
        'replied',
        'reacted',
        'shared',
        'edited',
        'hidden',
        'unhidden',
        'removed',
      ],
    },
  }
  await activity(ledger, board, communication)
  // The committee has not said to whom it gives what, nor named any transfer: the register prints what is missing.
  const { recipients: _, transfers: __, ...incomplete } = communication
  await activity(ledger, committee, { ...incomplete, name: 'Kulturbloggen', nextReview: '2026-06-30' })
}

async function rules(ledger: Ledger, log: Log, channels: DemoChannels | undefined): Promise<void> {
  const decision = (paragraph: string, wording: string) => ({
    body: log.slug === 'kommunstyrelsen' ? 'Kommunstyrelsen' : 'Kulturnämnden',
    reference: log.slug === 'kommunstyrelsen' ? 'KS 2026/117' : 'KUN 2026/31',
    paragraph,
    date: '2026-01-15',
    wording,
  })
  await rule(ledger, log, {
    name: 'Kommentarer och reaktioner',
    recordType: 'Kommentar, svar eller reaktion',
    action: 'destroy',
    period: 'P2Y',
    start: 'occurred',
    decision: decision('§ 42', 'Kommentarer, svar och reaktioner gallras två år efter att de skrevs.'),
    validFrom: '2026-02-01',
    scope: { verbs: ['commented', 'replied', 'reacted', 'followed'] },
  })
  await rule(ledger, log, {
    name: 'Privata meddelanden',
    recordType: 'Meddelande',
    action: 'destroy',
    period: 'P6M',
    start: 'occurred',
    decision: decision('§ 43', 'Privata meddelanden gallras sex månader efter att de sändes.'),
    validFrom: '2026-02-01',
    scope: { verbs: ['messaged'] },
  })
  if (channels === undefined) return
  await rule(ledger, log, {
    name: 'Ledningens inlägg',
    recordType: 'Inlägg av kommundirektören',
    action: 'preserve',
    start: 'occurred',
    validFrom: '2026-02-01',
    scope: { channels: [channels.director] },
  })
}
