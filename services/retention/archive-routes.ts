import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { Day, Slug } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { recordDelivery, toDeliver } from './archive.ts'
import { DueQuery } from './schemas.ts'
import { RecordArchiveDelivery, scopeOf } from './schemas-scope.ts'
import { TriggeredRetention } from './schemas-write.ts'

const id = '0198c5a0-0000-7000-8000-000000000017'
const path = '/controllers/:controller/retention/archive-deliveries'
const Count = z.int().min(0).meta({ example: 12 })

const ToDeliver = z
  .strictObject({
    on: Day,
    items: z.array(
      z
        .strictObject({
          rule: z.uuid(),
          version: z.int().min(1),
          name: z.string(),
          channel: z.uuid(),
          verb: Verb,
          capacity: Capacity,
          tags: z.array(Slug),
          objects: Count.meta({ description: 'Ännu inte levererade / not delivered yet' }),
          due: Count.meta({ description: 'Därav vars dag är inne / of these whose day has come' }),
          first: Day.meta({ description: 'Dagen för den första / the day of the first' }),
        })
        .meta({ id: 'ToDeliverOfClass' }),
    ),
  })
  .meta({ id: 'ToDeliver' })

const item = {
  rule: id,
  version: 1,
  name: 'Ledningens inlägg',
  channel: id,
  verb: 'published',
  capacity: 'service',
  tags: ['leader'],
  objects: 40,
  due: 12,
  first: '2026-10-01',
}

/** What is to be preserved goes to the archive authority: what and when, and its receipt. */
export function archiveRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    path,
    operation({
      id: 'listToDeliver',
      tag: 'retention',
      scope: 'retention:read',
      summary:
        'Vad som ska levereras till arkivet och när / what is to be delivered to the archive, and when',
      description:
        'Per regel som bevarar och har en leveranstid. / By each rule that preserves and has a time of delivery.',
      params: ControllerParams,
      query: DueQuery,
      responses: {
        200: {
          description: 'Att leverera / to deliver',
          schema: ToDeliver,
          example: { on: '2026-11-23', items: [item] },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const on = request.query.on ?? localDay(ledger.clock.now())
      const found = await reading(ledger, log, (tx) => toDeliver(tx, log.controller, on))
      return { on, items: found.map((it) => ({ ...it, tags: [...it.tags] })) }
    },
  )

  app.post(
    path,
    operation({
      id: 'recordArchiveDelivery',
      tag: 'retention',
      scope: 'retention:write',
      summary: 'Anteckna en leverans med kvitto / record a delivery with its receipt',
      description:
        'Förstör ingenting: det gör en regel som räknar från leveransen (`archiveDelivered`). / Destroys nothing: a rule that starts with the delivery does (`archiveDelivered`).',
      params: ControllerParams,
      body: {
        schema: RecordArchiveDelivery,
        example: { day: '2026-03-05', authority: 'Stadsarkivet', receipt: 'SA 2026/31', objects: [id] },
      },
      responses: {
        200: {
          description: 'Antecknat / recorded',
          schema: TriggeredRetention,
          example: { id, events: 1, objects: 12 },
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { day, authority, receipt, text } = request.body
      const wish = { day, authority, receipt, text, scope: scopeOf(request.body) }
      return recordDelivery(ledger, log, { name: actorOf(request).id }, wish)
    },
  )
}
