/** Every right a token can carry (RFC 9068 `scope`), with what it lets its holder do. The list is closed. */
export const scopes = {
  'controllers:write': {
    sv: 'Lägga upp och ändra personuppgiftsansvariga',
    en: 'Create and change controllers',
  },
  'interactions:write': { sv: 'Anteckna interaktioner', en: 'Record interactions' },
  'interactions:read': { sv: 'Läsa antecknade interaktioner', en: 'Read recorded interactions' },
  'register:read': { sv: 'Läsa registerförteckningen', en: 'Read the register of processing' },
  'register:write': {
    sv: 'Ändra kanaler, behandlingar och registerförteckning',
    en: 'Change channels, processing activities and the register',
  },
  'retention:read': {
    sv: 'Läsa gallringsregler och vad som är förfallet',
    en: 'Read retention rules and what is due',
  },
  'retention:write': {
    sv: 'Ändra gallringsregler och gallringsstopp',
    en: 'Change retention rules and legal holds',
  },
  'retention:execute': { sv: 'Verkställa gallring', en: 'Execute disposals' },
  'retention:approve': { sv: 'Godkänna gallring', en: 'Approve disposals' },
  'access:read': { sv: 'Läsa ärenden om registrerades rättigheter', en: 'Read data-subject cases' },
  'access:write': { sv: 'Handlägga ärenden om registrerades rättigheter', en: 'Handle data-subject cases' },
  'access:protected': {
    sv: 'Handlägga ärenden för den som har skyddade personuppgifter',
    en: 'Handle cases of persons with protected identity',
  },
  'audit:read': { sv: 'Granska loggen och uppslagen', en: 'Audit the log and the look-ups' },
  'disclosures:read': { sv: 'Läsa utlämnanden', en: 'Read disclosures' },
  'disclosures:write': { sv: 'Anteckna utlämnanden', en: 'Record disclosures' },
  'supervision:read': { sv: 'Läsa uppsiktsrundor', en: 'Read supervision rounds' },
  'supervision:write': {
    sv: 'Anteckna uppsiktsrundor och ställningstaganden',
    en: 'Record supervision rounds and rulings',
  },
} as const satisfies Record<string, { sv: string; en: string }>

export type Scope = keyof typeof scopes

export function isScope(word: string): word is Scope {
  return Object.hasOwn(scopes, word)
}
