import type { Finding, findingCodes } from './schemas.ts'

type Code = (typeof findingCodes)[number]
type Words = { readonly sv: string; readonly en: string }
type Kind = {
  readonly severity: Finding['severity']
  readonly what: (name: string) => Words
  readonly todo: Words
}

function kind(severity: Finding['severity'], sv: string, en: string, todoSv: string, todoEn: string): Kind {
  return {
    severity,
    what: (name) => ({ sv: sv.replace('{}', () => name), en: en.replace('{}', () => name) }),
    todo: { sv: todoSv, en: todoEn },
  }
}

const kinds: Readonly<Record<Code, Kind>> = {
  'controller-missing': kind(
    'fault',
    'Den personuppgiftsansvariges uppgifter saknas.',
    'The controller is not declared.',
    'Ange namn, kontakt och dataskyddsombud.',
    'Declare name, contact and data-protection officer.',
  ),
  'field-missing': kind(
    'fault',
    '{} MISSING.',
    '{} MISSING.',
    'Fyll i uppgiften eller ange uttryckligen att den är tom.',
    'Fill it in, or state expressly that there is none.',
  ),
  'seen-not-declared': kind(
    'fault',
    '{} sker men ingår inte i någon behandling.',
    '{} goes on but is in no activity.',
    'Lägg upp en behandling eller vidga en som finns.',
    'Declare an activity or widen one that is there.',
  ),
  'channel-not-declared': kind(
    'fault',
    'Loggen har en kanal som inte är upplagd: {}.',
    'The log has a channel that is not declared: {}.',
    'Lägg upp kanalen och dess grund för ansvaret.',
    'Declare the channel and what its controllership rests on.',
  ),
  'category-not-declared': kind(
    'fault',
    '{} finns i loggen men är inte angiven.',
    '{} is in the log but not declared.',
    'Ange kategorin i behandlingen eller sluta samla in den.',
    'Declare the category, or stop collecting it.',
  ),
  'activity-never-seen': kind(
    'notice',
    '{} är upplagd men har aldrig iakttagits.',
    '{} is declared but was never seen.',
    'Kontrollera om behandlingen pågår; avsluta den annars.',
    'See whether it goes on; retire it if not.',
  ),
  'channel-never-seen': kind(
    'notice',
    'Kanalen {} är upplagd men inget har kommit från den.',
    'The channel {} is declared but nothing has come from it.',
    'Kontrollera anslutningen, eller stäng kanalen.',
    'Check the connection, or close the channel.',
  ),
  'category-never-seen': kind(
    'notice',
    '{} är angiven men har aldrig iakttagits.',
    '{} is declared but was never seen.',
    'Ta bort den om den inte behövs.',
    'Take it away if it is not needed.',
  ),
  'rule-without-decision': kind(
    'fault',
    'Gallringsregeln {} saknar beslut och förstör inget.',
    'The retention rule {} has no decision and destroys nothing.',
    'Fatta beslut och ange dess nummer, dag och ordalydelse.',
    'Decide, and declare the number, day and wording.',
  ),
  'no-rule': kind(
    'notice',
    '{} omfattas inte av någon gallringsregel.',
    '{} is under no retention rule.',
    'Besluta om bevarande eller gallring.',
    'Decide whether it is preserved or destroyed.',
  ),
  'review-overdue': kind(
    'notice',
    'Översynen av {} är försenad.',
    'The review of {} is overdue.',
    'Gå igenom behandlingen och sätt en ny dag.',
    'Review it and set a new day.',
  ),
  'review-missing': kind(
    'notice',
    '{} har ingen dag för nästa översyn.',
    '{} has no day for its next review.',
    'Bestäm när behandlingen ska ses över.',
    'Decide when it is to be reviewed.',
  ),
  'recipient-not-declared': kind(
    'fault',
    '{} har fått del av uppgifter men är inte angiven som mottagare.',
    '{} was handed data but is not declared as a recipient.',
    'Ange mottagaren eller dess kategori i behandlingen.',
    'Declare the recipient, or its category, in the activity.',
  ),
  'transfer-not-declared': kind(
    'fault',
    '{} finns utanför EES, men ingen överföring dit är angiven.',
    '{} is outside the EEA, but no transfer there is declared.',
    'Ange överföringen och skyddsåtgärden, eller byt mottagare.',
    'Declare the transfer and its safeguard, or change the recipient.',
  ),
  'transfer-contradicted': kind(
    'fault',
    '{}: en kanal överför dit, men behandlingen anger det inte.',
    '{}: a channel transfers there, but the activity does not declare it.',
    'Ange överföringen och skyddsåtgärden.',
    'Declare the transfer and its safeguard.',
  ),
  'safeguard-missing': kind(
    'fault',
    'Överföringen {} saknar skyddsåtgärd.',
    'The transfer {} has no safeguard.',
    'Ange grunden enligt artikel 45, 46 eller 49, eller avbryt överföringen.',
    'Declare its ground in article 45, 46 or 49, or stop the transfer.',
  ),
  'exception-undocumented': kind(
    'fault',
    'Överföringen {} enligt artikel 49.1 andra stycket saknar dokumentation.',
    'The transfer {} under article 49.1 second sub-paragraph is not documented.',
    'Ange bedömningen och skyddsåtgärderna (artikel 30.1 e och 49.6).',
    'Declare the assessment and the safeguards (articles 30.1 e and 49.6).',
  ),
  'basis-without-reference': kind(
    'notice',
    'Rättslig grund för {} saknar den lag eller det beslut som ger uppgiften.',
    'The legal basis of {} lacks the law or decision that gives the task.',
    'Ange den (dataskyddslagen 2 kap. 2 §).',
    'Declare it (the Data Protection Act, chapter 2 section 2).',
  ),
  'sensitive-without-ground': kind(
    'fault',
    '{} anger känsliga uppgifter men inget undantag enligt artikel 9.2.',
    '{} declares sensitive data but no ground of art. 9.2.',
    'Ange undantaget eller ta bort uppgifterna.',
    'Declare the ground, or take the data away.',
  ),
  'draft-waiting': kind(
    'notice',
    'En nyare version av {} väntar på att publiceras.',
    'A newer version of {} waits to be published.',
    'Granska och publicera, eller ta tillbaka utkastet.',
    'Review and publish it, or take the draft back.',
  ),
  'not-published': kind(
    'notice',
    '{} är ett utkast.',
    '{} is a draft.',
    'Granska och publicera.',
    'Review and publish.',
  ),
}

export type FindingAt = Partial<Pick<Finding, 'activity' | 'channel' | 'rule' | 'letter'>>

/** A difference between what is declared, what is seen and what must be there. `name` is a declared word, never a person's. */
export function finding(
  code: Code,
  name: string,
  at: FindingAt = {},
  severity?: Finding['severity'],
): Finding {
  const it = kinds[code]
  return { code, severity: severity ?? it.severity, ...at, ...it.what(name), todo: it.todo }
}
