import { z } from 'zod'
import { Interaction, type InteractionInput } from '../events/interaction.ts'

export const controllerParams = z.strictObject({
  controller: z.string().meta({
    description: 'Den personuppgiftsansvariga / the controller',
    example: 'kommunstyrelsen',
  }),
})

export const interactionParams = z.strictObject({
  ...controllerParams.shape,
  id: z.uuid().meta({
    description: 'Händelsens id / id of the event',
    example: '0198c5a0-0000-7000-8000-000000000017',
  }),
})

export const interactionExample: InteractionInput = {
  channel: '0198c5a0-0000-7000-8000-000000000001',
  objectId: '101_202',
  verb: 'commented',
  occurredAt: '2026-03-05T10:15:00+01:00',
  persons: [{ role: 'author', platformId: '100000000000017', displayName: 'Exempel Exempelsson' }],
  text: 'När plogas gatan?',
  inReplyTo: '101',
}

export const receiptExample = {
  id: '0198c5a0-0000-7000-8000-000000000017',
  position: '17',
  stream: '0198c5a0-0000-7000-8000-000000000018',
  version: 1,
  recordedAt: '2026-03-05T09:15:01.000Z',
}

export const headerExample = {
  ...receiptExample,
  channel: '0198c5a0-0000-7000-8000-000000000001',
  verb: 'commented',
  occurredOn: '2026-03-05',
  precision: 'second',
  basis: 'occurred',
  thread: '0198c5a0-0000-7000-8000-000000000019',
}

export const openedExample = { header: headerExample, interaction: Interaction.parse(interactionExample) }

const { verb, ...data } = interactionExample
export const cloudEventExample = {
  specversion: '1.0',
  id: 'a-1',
  source: 'urn:example:kommunens-webb',
  type: `se.liggare.interaction.${verb}`,
  time: interactionExample.occurredAt,
  datacontenttype: 'application/json',
  data,
}

/** For the contract only: what arrives is read by services/sources/cloudevents.ts. */
export const cloudEventSchema = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z
      .string()
      .meta({ description: 'Avsändarens id; med source en leverans / with source: one delivery' }),
    source: z.string().meta({ description: 'URI-referens / URI reference' }),
    type: z.string().meta({ description: 'se.liggare.interaction. och verbet / and the verb' }),
    time: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'occurredAt, om data saknar det', example: '2026-03-05T10:15:00+01:00' }),
    datacontenttype: z.string().optional().meta({ example: 'application/json' }),
    data: z.record(z.string(), z.unknown()).optional().meta({
      description:
        'En interaktion; verb och occurredAt får utelämnas / an interaction; verb and occurredAt may be left out',
    }),
  })
  .meta({ id: 'InteractionCloudEvent', description: 'CloudEvents 1.0, JSON' })
