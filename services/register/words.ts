import type { Capacity, Verb } from '../events/interaction.ts'
import type { Finding, LetterAnswer, RegisterRow, SeenRecipient } from './schemas.ts'

type Pair = { readonly sv: string; readonly en: string }
type Words<K extends string> = Readonly<Record<K, Pair>>

function pair(sv: string, en: string): Pair {
  return { sv, en }
}

export const letterTitles: Words<LetterAnswer['letter']> = {
  a: pair('Personuppgiftsansvarig', 'Controller'),
  b: pair('Ändamål', 'Purposes'),
  c: pair('Kategorier av registrerade och uppgifter', 'Categories of data subjects and of data'),
  d: pair('Mottagare', 'Recipients'),
  e: pair('Överföringar till tredjeland', 'Transfers to third countries'),
  f: pair('Tidsfrister för radering', 'Time limits for erasure'),
  g: pair('Säkerhetsåtgärder', 'Security measures'),
}

export const severities: Words<Finding['severity']> = {
  fault: pair('BRIST', 'FAULT'),
  notice: pair('NOTERA', 'NOTICE'),
}

export const statuses: Words<RegisterRow['status']> = {
  draft: pair('utkast', 'draft'),
  published: pair('publicerad', 'published'),
  own: pair('Liggares egen', 'Liggare’s own'),
}

export const verbs: Words<Verb> = {
  published: pair('publicerat', 'published'),
  commented: pair('kommenterat', 'commented'),
  replied: pair('svarat', 'replied'),
  shared: pair('delat', 'shared'),
  messaged: pair('skickat meddelande', 'messaged'),
  reacted: pair('reagerat', 'reacted'),
  mentioned: pair('nämnt', 'mentioned'),
  followed: pair('följt', 'followed'),
  unfollowed: pair('slutat följa', 'unfollowed'),
  blocked: pair('blockerat', 'blocked'),
  reported: pair('anmält', 'reported'),
  edited: pair('ändrat', 'edited'),
  hidden: pair('dolt', 'hidden'),
  unhidden: pair('visat igen', 'shown again'),
  removed: pair('tagit bort', 'removed'),
  'absence-observed': pair('borta vid kontroll', 'found gone'),
  'profile-changed': pair('ändrat profil', 'profile changed'),
  unrecognised: pair('okänt slag', 'unrecognised'),
}

export const capacities: Words<Capacity> = {
  service: pair('i tjänsten', 'in service'),
  private: pair('privat', 'private'),
  mixed: pair('blandad', 'mixed'),
  undetermined: pair('ej avgjord', 'undetermined'),
}

export const categoryNames: Readonly<Record<string, Pair>> = {
  content: pair('innehåll', 'content'),
  message: pair('meddelanden', 'messages'),
  identity: pair('identitet', 'identity'),
  contact: pair('kontaktuppgifter', 'contact'),
  network: pair('nätverksuppgifter', 'network'),
  header: pair('händelsehuvuden', 'event headers'),
  'access-log': pair('uppslagslogg', 'log of look-ups'),
}

export const controllerships: Readonly<Record<string, Pair>> = {
  own: pair('eget innehåll', 'own content'),
  ownAndThirdParty: pair('eget och andras innehåll', 'own and others’ content'),
  joint: pair('gemensamt', 'joint'),
}

export const recipientKinds: Words<SeenRecipient['kind']> = {
  authority: pair('myndighet', 'authority'),
  police: pair('Polismyndigheten', 'the police'),
  court: pair('domstol', 'court'),
  archive: pair('arkivmyndighet', 'archive authority'),
  platform: pair('plattform', 'platform'),
  requester: pair('den som begärt allmän handling', 'whoever asked for a public record'),
  processor: pair('personuppgiftsbiträde', 'processor'),
  other: pair('annan', 'other'),
}

export const recipientGrounds: Words<SeenRecipient['grounds'][number]> = {
  publicRecord: pair('allmän handling', 'public record'),
  legalDuty: pair('skyldighet enligt lag', 'legal duty'),
  criminalReport: pair('polisanmälan', 'criminal report'),
  courtOrder: pair('domstols föreläggande', 'court order'),
  supervisoryAuthority: pair('tillsyn', 'supervision'),
  archiveDelivery: pair('arkivleverans', 'delivery to the archive'),
  platformReport: pair('anmälan till plattformen', 'report to the platform'),
  processing: pair('behandling för den ansvariges räkning', 'processing on behalf'),
  consent: pair('samtycke', 'consent'),
  other: pair('annan grund', 'other ground'),
}

export const headings = {
  title: pair('Registerförteckning enligt artikel 30', 'Record of processing activities, article 30'),
  activities: pair('Behandlingar', 'Processing activities'),
  channels: pair('Kanaler', 'Channels'),
  findings: pair('Avvikelser', 'Findings'),
  declared: pair('Uppgivet', 'Declared'),
  observed: pair('Iakttaget i loggen', 'Observed in the log'),
  member: pair('Uppgift', 'Member'),
  value: pair('Innehåll', 'Value'),
} as const satisfies Record<string, Pair>
