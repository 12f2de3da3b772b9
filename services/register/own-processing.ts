import { purposeTerms } from '../events/register-terms.ts'
import type { LetterAnswer, RegisterRow } from './schemas.ts'

function lines(letter: LetterAnswer['letter'], ...pairs: readonly [string, string][]): LetterAnswer {
  return { letter, state: 'declared', sv: pairs.map(([sv]) => sv), en: pairs.map(([, en]) => en) }
}

/**
 * What Liggare itself processes beside the records it keeps: headers, look-ups, cases and the names of those who act.
 * The same for every controller; only the letter a and the figures are the controller's own.
 */
export function ownProcessing(a: LetterAnswer, size: string): RegisterRow {
  const { recordManagement, legalCompliance, security } = purposeTerms
  return {
    id: 'liggare',
    name: 'Liggares egen behandling / Liggare’s own processing',
    status: 'own',
    legalBasis: [
      {
        sv: 'Rättslig förpliktelse, art. 6.1 c',
        en: 'Legal obligation, art. 6.1 c',
        reference: 'Dataskyddsförordningen art. 5.2, 12, 15, 30 och 32; arkivlagen (1990:782)',
      },
    ],
    letters: [
      a,
      lines(
        'b',
        [recordManagement.sv, recordManagement.en],
        [legalCompliance.sv, legalCompliance.en],
        [security.sv, security.en],
      ),
      lines(
        'c',
        [
          'De som förekommer i kanalerna; handläggare och anropande system',
          'Those seen on the channels; officers and calling systems',
        ],
        [
          'Händelsehuvuden, pseudonyma: slumpat person-id, kanal, handling och dag',
          'Event headers, pseudonymous: random id of the person, channel, act and day',
        ],
        [
          'Uppslag: vem som sett vad, när och varför (namn och ändamål förseglade)',
          'Look-ups: who saw what, when and why (name and purpose sealed)',
        ],
        ['Ärenden om registrerades rättigheter (förseglade)', 'Cases on data subjects’ rights (sealed)'],
      ),
      lines(
        'd',
        ['Tillsynsmyndighet och domstol vid granskning', 'Supervisory authority and court on inspection'],
        ['Den registrerade, genom registerutdrag', 'The data subject, by an access answer'],
      ),
      { letter: 'e', state: 'none', sv: ['Inga'], en: ['None'] },
      lines('f', [
        'Förseglat innehåll enligt gallringsreglerna; huvuden och uppslag så länge loggen behövs som bevis',
        'Sealed content by the retention rules; headers and look-ups as long as the log is needed as evidence',
      ]),
      lines(
        'g',
        [
          'Kryptering med nyckel per person och post, nycklarna i en databas för sig',
          'Encryption under a key for each person and record, the keys in a database of their own',
        ],
        [
          'Radskydd per ansvarig, uppslag bara med ändamål, två personer vid gallring',
          'Row-level security by controller, look-ups with a purpose only, two persons for a disposal',
        ],
        ['Oföränderlig logg som en utomstående kan granska', 'Append-only log that an outsider can verify'],
      ),
    ],
    observed: {
      records: Number(size),
      channels: [],
      verbs: [],
      categories: ['access-log', 'header'],
      recipients: [],
      rules: [],
      dueNow: 0,
      held: 0,
      disposed: 0,
    },
  }
}
