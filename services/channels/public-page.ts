import { pageHtml } from '../documents/html.ts'
import type { Block, Definition, Language, Span } from '../documents/model.ts'
import type { PublicChannels } from './public-schemas.ts'

const words = {
  sv: {
    title: 'Våra konton i sociala medier',
    lead: 'Här svarar vi för personuppgifterna. Skriv inte sådant som är känsligt eller som rör andra.',
    responsible: 'Personuppgiftsansvarig',
    officer: 'Dataskyddsombud',
    complaint: 'Klagomål lämnas till',
    channels: 'Kanaler',
    none: 'Inga kanaler är öppna.',
    address: 'Adress',
    platform: 'Plattform',
    controllership: 'Vad vi ansvarar för',
    own: 'det som vi själva publicerar',
    ownAndThirdParty: 'det som vi publicerar och det som andra skriver hos oss',
    joint: 'gemensamt ansvar',
    with: 'Gemensamt med',
    arrangement: 'Arrangemang enligt artikel 26',
    ground: 'Grund för ansvaret',
    transfers: 'Överföring till tredjeland',
    purposes: 'Ändamål',
    legalBasis: 'Rättslig grund',
    personalData: 'Uppgifter',
    recipients: 'Mottagare',
    retention: 'Hur länge de sparas',
    source: 'Varifrån de kommer',
    decisions: 'Automatiserade beslut',
    yes: 'Förekommer.',
    no: 'Förekommer inte.',
    information: 'Mer information',
    rights: 'Dina rättigheter',
    rightsText:
      'Du har rätt att få veta vilka uppgifter vi har om dig (artikel 15), att få dem rättade (16), och under vissa villkor att få dem raderade (17), att få behandlingen begränsad (18) och att göra invändningar (21). Vänd dig till oss eller till dataskyddsombudet. Du kan klaga hos tillsynsmyndigheten.',
    other: 'In English',
  },
  en: {
    title: 'Our accounts in social media',
    lead: 'Here we answer for the personal data. Do not write what is sensitive or concerns others.',
    responsible: 'Controller',
    officer: 'Data-protection officer',
    complaint: 'Complaints are lodged with',
    channels: 'Channels',
    none: 'No channels are open.',
    address: 'Address',
    platform: 'Platform',
    controllership: 'What we answer for',
    own: 'what we publish ourselves',
    ownAndThirdParty: 'what we publish and what others write with us',
    joint: 'joint controllership',
    with: 'Jointly with',
    arrangement: 'Arrangement under article 26',
    ground: 'Source of the controllership',
    transfers: 'Transfers to third countries',
    purposes: 'Purposes',
    legalBasis: 'Legal basis',
    personalData: 'Data',
    recipients: 'Recipients',
    retention: 'How long they are kept',
    source: 'Where they come from',
    decisions: 'Automated decisions',
    yes: 'Made.',
    no: 'None.',
    information: 'More information',
    rights: 'Your rights',
    rightsText:
      'You have the right to know what data we hold about you (article 15), to have them rectified (16), and on certain conditions erased (17), to have their processing restricted (18) and to object (21). Turn to us or to the data-protection officer. You may lodge a complaint with the supervisory authority.',
    other: 'På svenska',
  },
} as const

/** The list as a plain page, in Swedish or English. */
export function channelsPage(list: PublicChannels, language: Language, path: string): Promise<string> {
  const it = words[language]
  const { controller, channels } = list
  const mail = (contact: { function: string; email: string; telephone?: string | undefined }): Span[] => [
    { text: `${contact.function}, ` },
    { text: contact.email, href: `mailto:${contact.email}` },
    ...(contact.telephone === undefined ? [] : [{ text: `, ${contact.telephone}` }]),
  ]
  const blocks: Block[] = [
    { kind: 'paragraph', text: it.lead, look: 'lead' },
    {
      kind: 'definitions',
      entries: [
        { term: it.responsible, text: [{ text: `${controller.name}. ` }, ...mail(controller.contact)] },
        { term: it.officer, text: mail(controller.dataProtectionOfficer) },
        { term: it.complaint, text: complaintOf(controller.complaintAuthority) },
      ],
    },
    { kind: 'heading', level: 2, text: it.channels },
    ...(channels.length === 0 ? [{ kind: 'paragraph', text: it.none } as const] : []),
    ...channels.flatMap((channel) => channelBlocks(channel, language)),
    { kind: 'heading', level: 2, text: it.rights },
    { kind: 'paragraph', text: it.rightsText },
  ]
  const other = language === 'sv' ? 'en' : 'sv'
  const alternate = { href: `${path}?language=${other}`, language: other, text: it.other } as const
  return pageHtml({ title: `${it.title} – ${controller.name}`, language, alternate }, blocks)
}

function complaintOf({ name, email, url }: PublicChannels['controller']['complaintAuthority']): Span[] {
  return [
    url === undefined ? { text: name } : { text: name, href: url },
    ...(email === undefined ? [] : [{ text: ', ' }, { text: email, href: `mailto:${email}` }]),
  ]
}

function channelBlocks(channel: PublicChannels['channels'][number], language: Language): Block[] {
  const it = words[language]
  const entries: Definition[] = [
    { term: it.platform, text: channel.platform },
    ...(channel.url === undefined
      ? []
      : [{ term: it.address, text: [{ text: channel.url, href: channel.url }] }]),
    { term: it.controllership, text: it[channel.controllership] },
    ...said(it.with, channel.jointControllers),
    ...said(it.arrangement, channel.arrangement === undefined ? [] : [channel.arrangement]),
    { term: it.ground, text: channel.legalSource },
    ...said(
      it.transfers,
      channel.transfers.map(({ country, safeguard }) => `${country}: ${safeguard}`),
    ),
  ]
  return [
    { kind: 'heading', level: 3, text: channel.name },
    { kind: 'definitions', entries },
    ...channel.processing.flatMap((each): Block[] => [
      { kind: 'heading', level: 4, text: each.name },
      {
        kind: 'definitions',
        entries: [
          ...said(
            it.purposes,
            each.purposes.map((one) => one[language]),
          ),
          ...said(
            it.legalBasis,
            each.legalBasis.map((one) => one[language]),
          ),
          ...said(
            it.personalData,
            each.personalData.map((one) => one[language]),
          ),
          ...said(it.recipients, each.recipients),
          ...said(it.retention, each.retention === undefined ? [] : [each.retention]),
          ...said(it.source, each.source === undefined ? [] : [each.source]),
          { term: it.decisions, text: each.automatedDecisions ? it.yes : it.no },
          ...(each.information === undefined
            ? []
            : [{ term: it.information, text: informationOf(each.information) }]),
        ],
      },
    ]),
  ]
}

function informationOf({ text, address }: { text: string; address?: string | undefined }): Span[] {
  return [{ text }, ...(address === undefined ? [] : [{ text: ' ' }, { text: address, href: address }])]
}

function said(term: string, texts: readonly string[]): Definition[] {
  return texts.length === 0 ? [] : [{ term, text: texts.join('\n') }]
}
