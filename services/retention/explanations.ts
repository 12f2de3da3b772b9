export type Explanation = { readonly sv: string; readonly en: string }

/** Why a rule, or an object, stands as it does. Read by people beside the code. */
export const explanations = {
  applies: { sv: 'Regeln gäller handlingen.', en: 'The rule applies to the record.' },
  wins: { sv: 'Regeln avgör.', en: 'The rule decides.' },
  outOfScope: { sv: 'Handlingen omfattas inte av regeln.', en: 'The rule does not cover the record.' },
  notYetValid: { sv: 'Regeln har inte börjat gälla.', en: 'The rule is not yet in force.' },
  noLongerValid: { sv: 'Regeln har upphört att gälla.', en: 'The rule is no longer in force.' },
  awaitingApproval: {
    sv: 'Versionen gör så mycket gallringsbart att en annan person måste godkänna den först.',
    en: 'The version makes so much due that another person has to approve it first.',
  },
  superseded: { sv: 'En nyare version av regeln gäller.', en: 'A newer version of the rule is in force.' },
  decisionMissing: {
    sv: 'Gallringsbeslut saknas. Utan beslut får ingenting gallras.',
    en: 'There is no disposal decision. Without one nothing may be destroyed.',
  },
  preserved: {
    sv: 'Handlingen ska bevaras. Skyldigheten att bevara går före gallring.',
    en: 'The record is to be preserved. The duty to preserve goes before disposal.',
  },
  preservedUntilDelivery: {
    sv: 'Handlingen ska bevaras. Den får förstöras här först efter leverans till arkivmyndigheten.',
    en: 'The record is to be preserved. It may be destroyed here only after its delivery to the archive authority.',
  },
  outlived: { sv: 'En annan regel bevarar handlingen längre.', en: 'Another rule keeps the record longer.' },
  overtaken: {
    sv: 'En annan regel gallrar handlingen tidigare.',
    en: 'Another rule destroys the record earlier.',
  },
  noRule: {
    sv: 'Ingen regel gäller. Allmänna handlingar bevaras om inget annat är beslutat.',
    en: 'No rule applies. Public records are kept unless otherwise decided.',
  },
  triggerMissing: {
    sv: 'Det som tiden räknas från har inte inträffat.',
    en: 'What starts the period has not happened.',
  },
  notDue: { sv: 'Fristen har inte löpt ut.', en: 'The period has not run out.' },
  due: { sv: 'Fristen har löpt ut.', en: 'The period has run out.' },
} as const satisfies Record<string, Explanation>

export type ExplanationCode = keyof typeof explanations
