import type { RetentionRuleInput } from '../events/retention-rule.ts'
import type { Day, Decision } from '../events/vocabulary.ts'

type Example = Omit<RetentionRuleInput, 'decision' | 'validFrom'>

function destroyed(
  name: string,
  recordType: string,
  over: Omit<Example, 'name' | 'recordType' | 'action'>,
): Example {
  return { name, recordType, action: 'destroy', ...over }
}

function kept(
  name: string,
  recordType: string,
  over: Omit<Example, 'name' | 'recordType' | 'action'>,
): Example {
  return { name, recordType, action: 'preserve', ...over }
}

/** What Swedish municipal plans for social media commonly decide. The tags are set by the municipality's own people. */
const examples: readonly Example[] = [
  destroyed('Inlägg och kommentarer av ringa betydelse', 'Inlägg eller kommentar', {
    period: 'P0D',
    start: 'declaredObsolete',
    scope: { tags: ['trifling'] },
    note: 'Gallras vid inaktualitet.',
  }),
  destroyed('Privata meddelanden', 'Direktmeddelande', {
    period: 'P6M',
    start: 'occurred',
    scope: { verbs: ['messaged'] },
    note: 'Gallras sex månader efter att meddelandet skickades.',
  }),
  destroyed('Rutinmässiga meddelanden', 'Fråga eller svar av rutinkaraktär', {
    period: 'P2M',
    start: 'received',
    scope: { tags: ['routine'] },
    note: 'Gallras två månader efter att meddelandet kom in.',
  }),
  destroyed('Kränkande eller ovidkommande inlägg utan åtgärd', 'Inlägg eller kommentar', {
    period: 'P0D',
    start: 'declaredObsolete',
    scope: { tags: ['offensive', 'off-topic'] },
    note: 'Gallras genast efter beslut att ingen åtgärd följer.',
  }),
  kept('Hot och hets mot folkgrupp', 'Inlägg, kommentar eller meddelande', {
    start: 'occurred',
    scope: { tags: ['threat', 'hate-speech'] },
    note: 'Sparas, anmäls och bevaras med ärendet.',
  }),
  destroyed('Synpunkter och förslag', 'Synpunkt', {
    period: 'P2Y',
    start: 'received',
    scope: { tags: ['suggestion'] },
  }),
  kept('Ledningens inlägg', 'Inlägg av myndighetens ledning', {
    start: 'published',
    scope: { verbs: ['published', 'shared'], tags: ['leader'] },
  }),
  kept('Ögonblicksbild av kanalen', 'Avbild, tas varje halvår', {
    start: 'occurred',
    scope: { tags: ['channel-snapshot'] },
  }),
  kept('Avslutad kanal', 'Kanalens innehåll, arkiveras före avslut', {
    start: 'channelClosed',
    archiveDeliveryDays: 0,
    scope: { tags: ['closed-channel'] },
  }),
  destroyed('Radering på den registrerades begäran', 'Inlägg, kommentar eller meddelande', {
    period: 'P0D',
    start: 'received',
    scope: { tags: ['erasure-granted'] },
    conflictPolicy: { policy: 'shortest', ground: 'Radering är beviljad enligt artikel 17.' },
    note: 'Gallras när ärendet är besvarat; det som ska bevaras bevaras.',
  }),
  destroyed('Ärende om registerutdrag', 'Begäran, svar och beslut', {
    period: 'P1Y',
    start: 'matterClosed',
    scope: { tags: ['access-case'] },
    note: 'Gallras ett år efter svaret.',
  }),
]

/** Editable examples, under the decision by which the municipality takes them: without one they would destroy nothing. */
export function exampleRules(decision: Decision, validFrom: Day): RetentionRuleInput[] {
  return examples.map((example) => ({ ...example, decision, validFrom }))
}
