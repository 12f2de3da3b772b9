import { z } from 'zod'
import { Capacity, Verb } from './interaction.ts'
import { documentParts } from './personal.ts'
import { backwards, Day, Decision, isZeroPeriod, Period, runsForward, Slug, text } from './vocabulary.ts'

/**
 * The act or fact from which the period runs. `calendarYearEnd` is the end of the calendar year in which it occurred;
 * `archiveDelivered` the day of the archive authority's receipt: only from there may what is to be preserved be destroyed.
 */
export const RetentionStart = z
  .enum([
    'occurred',
    'received',
    'published',
    'matterClosed',
    'declaredObsolete',
    'withdrawn',
    'channelClosed',
    'calendarYearEnd',
    'archiveDelivered',
  ])
  .meta({
    id: 'RetentionStart',
    description: 'Varifrån tiden räknas / what starts the period',
    example: 'received',
  })
export type RetentionStart = z.infer<typeof RetentionStart>

/** Which of two rules for destruction wins over the same object: the one that keeps it longer or shorter. */
export const ConflictPolicy = z
  .enum(['longest', 'shortest'])
  .meta({ id: 'ConflictPolicy', example: 'longest' })
export type ConflictPolicy = z.infer<typeof ConflictPolicy>

/** What a rule covers. A dimension left out covers all; within one, any value suffices; between them, all must fit. */
export const RetentionScope = z
  .strictObject({
    activities: z.array(z.uuid()).min(1).max(500).optional(),
    channels: z.array(z.uuid()).min(1).max(500).optional(),
    verbs: z
      .array(Verb)
      .min(1)
      .max(50)
      .optional()
      .meta({ example: ['commented', 'replied'] }),
    categories: z.array(Slug).min(1).max(100).optional(),
    capacities: z.array(Capacity).min(1).max(4).optional(),
    tags: z
      .array(Slug)
      .min(1)
      .max(100)
      .optional()
      .meta({ example: ['trifling'] }),
  })
  .meta({ id: 'RetentionScope' })
export type RetentionScope = z.infer<typeof RetentionScope>

const Secrecy = z
  .strictObject({
    provision: text(200).meta({ description: 'Tillämplig bestämmelse', example: 'OSL 21 kap. 7 §' }),
    date: Day.optional().meta({ description: 'Dagen för anteckningen (OSL 5:5)' }),
    authority: text(200).optional().meta({ description: 'Myndigheten som gjort anteckningen (OSL 5:5)' }),
  })
  .meta({ id: 'SecrecyMark', description: 'A signal to whoever handles it, never a decision' })

export const RetentionRule = z
  .strictObject({
    name: text(200).meta({ example: 'Kommentarer av ringa betydelse' }),
    recordType: text(200).meta({ description: 'Handlingstyp', example: 'Kommentar på kommunens sida' }),
    classification: text(100).optional().meta({ description: 'Klassificeringskod', example: '1.4.2' }),
    action: z.enum(['preserve', 'destroy']).meta({ description: 'BEVARAS / GALLRAS', example: 'destroy' }),
    period: Period.optional().meta({ description: 'Gallringsfrist; only with destroy', example: 'P2M' }),
    start: RetentionStart,
    rounding: z
      .enum(['none', 'calendarYearEnd'])
      .default('none')
      .meta({ description: 'calendarYearEnd: kept until that calendar year has ended', example: 'none' }),
    decision: Decision.optional().meta({
      description: 'Gallringsbeslut; a rule without one destroys nothing',
    }),
    validFrom: Day.meta({ example: '2026-02-01' }),
    validTo: Day.optional().meta({ description: 'The last day on which it holds', example: '2030-12-31' }),
    secrecy: Secrecy.optional(),
    archiveDeliveryDays: z
      .int()
      .min(0)
      .max(365_000)
      .optional()
      .meta({ description: 'Dagar från starten till leverans till arkivmyndigheten', example: 365 }),
    scope: RetentionScope.default({}),
    conflictPolicy: z
      .strictObject({
        policy: ConflictPolicy,
        ground: text(2000).meta({ example: 'Dokumenthanteringsplanen, avsnitt 3' }),
      })
      .optional()
      .meta({ description: "Only where this rule departs from the controller's setting" }),
    note: text(5000).optional(),
  })
  .refine((it) => it.action === 'preserve' || it.period !== undefined, {
    path: ['period'],
    error: 'is needed to destroy',
  })
  .refine((it) => it.action === 'destroy' || it.period === undefined, {
    path: ['period'],
    error: 'has no meaning when preserving',
  })
  .refine((it) => it.period === undefined || !isZeroPeriod(it.period) || it.decision !== undefined, {
    path: ['period'],
    error: 'of zero is allowed by a decision only',
  })
  .refine((it) => runsForward(it.validFrom, it.validTo), { path: ['validTo'], error: backwards })
  .meta({
    id: 'RetentionRule',
    examples: [
      {
        name: 'Kommentarer av ringa betydelse',
        recordType: 'Kommentar på kommunens sida',
        classification: '1.4.2',
        action: 'destroy',
        period: 'P2M',
        start: 'received',
        rounding: 'none',
        decision: {
          body: 'Kommunstyrelsen',
          reference: 'KS 2026/117',
          paragraph: '§ 42',
          date: '2026-01-15',
          wording: 'Kommentarer av ringa betydelse gallras efter två månader.',
        },
        validFrom: '2026-02-01',
        scope: { verbs: ['commented', 'replied'] },
      },
    ],
  })
export type RetentionRule = z.infer<typeof RetentionRule>
/** As a client may write it: defaults left out. */
export type RetentionRuleInput = z.input<typeof RetentionRule>

export const { personalFields, splitPersonal, joinPersonal } = documentParts<RetentionRule>(
  RetentionRule,
  () => [],
)
