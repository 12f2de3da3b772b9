import { z } from 'zod'
import { DeclaredParams, pageSchema } from '../declarations/schemas.ts'
import { Capacity } from '../events/interaction.ts'
import { Day, text } from '../events/vocabulary.ts'
import { OpenedInteraction } from '../interactions/schemas.ts'
import { rulingPhases } from './capacity-rules.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })
const Position = z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' })

/** What a ruling rests on. `matterOfAuthority` and `otherPosition` are the two halves of the test of TF 2:8. */
export const RulingGround = z
  .enum([
    'client',
    'hashtag',
    'ownWord',
    'content',
    'matterOfAuthority',
    'otherPosition',
    'contested',
    'error',
  ])
  .meta({ id: 'RulingGround', example: 'content' })
export type RulingGround = z.infer<typeof RulingGround>

const Why = text(5000).meta({
  description: 'Skälen, i ord; förseglas / the reasons, in words; sealed',
  example: 'Inlägget rör en privat semester och inget ärende.',
})

export const RuleCapacity = z
  .strictObject({
    object: Id.meta({ description: 'Handlingens id, eller en av dess händelsers / the object' }),
    capacity: Capacity,
    ground: RulingGround,
    text: Why,
  })
  .meta({ id: 'RuleCapacity' })
export type RuleCapacity = z.infer<typeof RuleCapacity>

export const WordOnRuling = z.strictObject({ text: Why }).meta({ id: 'WordOnRuling' })

export const CapacityRuling = z
  .strictObject({
    object: Id,
    version: z.int().meta({ description: 'Hur många gånger det prövats / which ruling it is', example: 1 }),
    capacity: Capacity,
    ground: RulingGround,
    phase: z.enum(rulingPhases).meta({
      description:
        'Gäller, i karantän, karantänen slut, bestridd, förstörs, förstörd / stands, quarantined, ripe, contested, approved, destroyed',
      example: 'quarantined',
    }),
    quarantineUntil: Day.nullable().meta({
      description:
        'Innan dess kan innehållet inte förstöras / before this day its content cannot be destroyed',
      example: '2026-12-23',
    }),
    position: Position,
    contestedPosition: Position.nullable(),
    approvedPosition: Position.nullable(),
  })
  .meta({ id: 'CapacityRuling' })
export type CapacityRuling = z.infer<typeof CapacityRuling>

export const CapacityRulingPage = pageSchema('CapacityRulingPage', CapacityRuling)

export const ReadQuarantined = z
  .strictObject({
    purpose: text(2000).meta({
      description: 'Förseglas / sealed',
      example: 'Prövning av bestridd bedömning',
    }),
  })
  .meta({ id: 'ReadQuarantined' })

const RulingStep = z
  .strictObject({
    position: Position,
    type: z.enum(['capacity.ruled', 'capacity.contested', 'capacity.destruction-approved']),
    at: z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T10:00:00.000Z' }),
    capacity: Capacity.optional(),
    ground: RulingGround.optional(),
    text: z.string().optional().meta({ description: 'Skälen / the reasons' }),
  })
  .meta({ id: 'RulingStep' })

export const OpenedRuling = z
  .strictObject({
    ruling: CapacityRuling,
    steps: z.array(RulingStep),
    interactions: z.array(OpenedInteraction),
    lookUp: Position,
  })
  .meta({ id: 'OpenedRuling' })
export type OpenedRuling = z.infer<typeof OpenedRuling>

export const RulingParams = z.strictObject({
  controller: DeclaredParams.shape.controller,
  object: Id.meta({ description: 'Handlingens id / id of the object' }),
})

export const rulingExample: CapacityRuling = {
  object: exampleId,
  version: 1,
  capacity: 'private',
  ground: 'content',
  phase: 'quarantined',
  quarantineUntil: '2026-12-23',
  position: '17',
  contestedPosition: null,
  approvedPosition: null,
}
