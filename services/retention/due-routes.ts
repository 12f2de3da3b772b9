import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { previewExample, retentionExample } from './examples-api.ts'
import { objectRetention } from './object-queries.ts'
import { previewOf } from './preview.ts'
import { DuePreview, DueQuery, InteractionRetention, ItemParams } from './schemas.ts'

const words = { tag: 'retention', scope: 'retention:read' } as const

/** What is due, and why a single interaction is or is not. Both without a word of content. */
export function dueRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/retention/due',
    operation({
      ...words,
      id: 'readDue',
      summary: 'Vad som är gallringsbart / what is due',
      description:
        'Per kanal, handling och egenskap: regler, antal, äldsta, och vad gallringsstopp håller kvar. / By channel, verb and capacity: rules, number, oldest, and what holds keep.',
      params: ControllerParams,
      query: DueQuery,
      responses: {
        200: { description: 'Gallringsbart / due', schema: DuePreview, example: previewExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const on = request.query.on ?? localDay(ledger.clock.now())
      return answerOf(await reading(ledger, log, (tx) => previewOf(tx, log.controller, on)))
    },
  )

  app.get(
    '/controllers/:controller/interactions/:id/retention',
    operation({
      ...words,
      id: 'readInteractionRetention',
      summary: 'Varför en interaktion bevaras eller gallras / why an interaction is kept or destroyed',
      description:
        'Alla regler med utfall, vilken som avgjorde och varför, dagen, gallringsstoppen. / Every rule with its outcome, which one decided and why, the day, the holds.',
      params: ItemParams,
      query: DueQuery,
      responses: {
        200: { description: 'Förklaringen / why', schema: InteractionRetention, example: retentionExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const on = request.query.on ?? localDay(ledger.clock.now())
      const { id } = request.params
      const found = await reading(ledger, log, (tx) => objectRetention(tx, log.controller, id, on))
      if (found === undefined) throw new DomainError('not-found', 'no such interaction')
      return { ...found, holds: [...found.holds] }
    },
  )
}

/** A preview as the schema has it: the same, in arrays of its own. */
export function answerOf(it: Awaited<ReturnType<typeof previewOf>>) {
  return {
    ...it,
    classes: it.classes.map((row) => ({
      ...row,
      tags: [...row.tags],
      rules: [...row.rules],
      holds: [...row.holds],
    })),
    rules: [...it.rules],
  }
}
