import { z } from 'zod'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, exampleOf } from '../declarations/schemas.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { RetentionRule } from '../events/retention-rule.ts'
import { Day, Slug } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { previewRule } from './rule-preview.ts'

const Count = z.int().min(0).meta({ example: 12 })
const difference = {
  earlier: Count,
  later: Count,
  gained: Count.meta({ description: 'Får en dag / get a day', example: 0 }),
  lost: Count.meta({ description: 'Mister sin dag / lose theirs', example: 0 }),
  newlyDue: Count,
  noLongerDue: Count,
  unchanged: Count,
}

const PreviewRuleRequest = z
  .strictObject({
    id: z.uuid().toLowerCase().optional().meta({
      description: 'Regeln som ändras; en ny utan / the rule to be changed; a new one without',
      example: '0198c5a0-0000-7000-8000-000000000011',
    }),
    rule: RetentionRule,
    on: Day.optional().meta({
      description: 'Dagen att räkna på; annars i dag eller regelns första / day to reckon on',
    }),
  })
  .meta({ id: 'PreviewRule' })

const RuleDifference = z
  .strictObject({
    on: Day,
    classes: z.array(
      z
        .strictObject({
          channel: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000010' }),
          verb: Verb,
          capacity: Capacity,
          tags: z.array(Slug),
          rulesBefore: z.array(z.string()),
          rulesAfter: z.array(z.string()),
          ...difference,
        })
        .meta({ id: 'RuleDifferenceOfClass' }),
    ),
    rules: z.array(
      z
        .strictObject({
          rule: z.uuid().nullable().meta({ description: 'null: den föreslagna / the proposed one' }),
          name: z.string().meta({ example: 'Kommentarer av ringa betydelse' }),
          ...difference,
        })
        .meta({ id: 'RuleDifferenceOfRule' }),
    ),
    total: z.strictObject(difference).meta({ id: 'RuleDifferenceTotal' }),
  })
  .meta({ id: 'RuleDifference' })

const totals = { earlier: 12, later: 0, gained: 0, lost: 0, newlyDue: 3, noLongerDue: 0, unchanged: 40 }

/** What a rule would change, shown before it takes force. */
export function rulePreviewRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    '/controllers/:controller/retention-rules/preview',
    operation({
      id: 'previewRetentionRule',
      tag: 'retention',
      scope: 'retention:read',
      summary: 'Vad en ändrad regel skulle innebära / what a changed rule would mean',
      description:
        'Hur många handlingar som får en tidigare eller senare dag, och vad som blir gallringsbart. Ingenting antecknas. / How many objects get an earlier or a later day, and what becomes due. Nothing is recorded.',
      params: ControllerParams,
      body: { schema: PreviewRuleRequest, example: { rule: exampleOf(RetentionRule) } },
      responses: {
        200: {
          description: 'Skillnaden / the difference',
          schema: RuleDifference,
          example: { on: '2026-11-23', classes: [], rules: [], total: totals },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { id, rule } = request.body
      const today = localDay(ledger.clock.now())
      const on = request.body.on ?? ([today, rule.validFrom].toSorted().at(-1) as Day)
      const found = await reading(ledger, log, (tx) => previewRule(tx, log.controller, { id, rule, on }))
      const classes = found.classes.map((it) => ({
        ...it,
        tags: [...it.tags],
        rulesBefore: [...it.rulesBefore],
        rulesAfter: [...it.rulesAfter],
      }))
      return { ...found, classes, rules: [...found.rules] }
    },
  )
}
