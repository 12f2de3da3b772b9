import { z } from 'zod'
import { Day, text } from '../events/vocabulary.ts'
import { restrictionGrounds } from './rights.ts'
import { caseParams, note, position, purpose } from './schemas-fields.ts'

const id = z.uuid().toLowerCase().meta({ description: 'Id', example: '0198c5a0-0000-7000-8000-000000000031' })

export const StatementRequest = z
  .strictObject({
    record: id.meta({ description: 'Händelsens id / id of the event' }),
    text: text(10_000).meta({ description: 'Påpekandet, förseglas / the statement; kept sealed' }),
  })
  .meta({ id: 'AppendStatementRequest' })

export const RestrictRequest = z
  .strictObject({
    kind: z.enum(['subject', 'object']).meta({ example: 'subject' }),
    target: id.meta({
      description: 'Personens id, eller id på en händelse i objektet / the person, or an event of the object',
    }),
    ground: z
      .enum(restrictionGrounds)
      .meta({ description: 'Artikel 18.1 a–d / Article 18.1 (a)–(d)', example: 'accuracy' }),
  })
  .meta({ id: 'RestrictRequest' })

export const RestrictionParams = z.strictObject({ ...caseParams.shape, hold: id })

export const RestrictionList = z
  .strictObject({
    items: z.array(
      z.strictObject({
        hold: id,
        kind: z.enum(['subject', 'object']),
        target: id,
        ground: z.string().meta({ example: 'accuracy' }),
        toldOn: Day.optional().meta({ description: 'När personen underrättats / when the person was told' }),
        liftedPosition: position.optional(),
      }),
    ),
  })
  .meta({ id: 'RestrictionList' })

export const TellRequest = z
  .strictObject({ note: text(5000).meta({ description: 'Hur, förseglas / how; kept sealed' }) })
  .meta({ id: 'TellOfLiftingRequest' })

export const PurposeRequest = z.strictObject({ purpose }).meta({ id: 'CasePurposeRequest' })

const outcome = z.enum(['told', 'impossible', 'disproportionate']).meta({
  description:
    'Underrättad; omöjligt; oproportionerligt / told; impossible; disproportionate (the last two with a note)',
  example: 'told',
})

export const RecipientsAnswer = z
  .strictObject({
    lookUp: position,
    recipients: z.array(
      z.strictObject({
        disclosure: id,
        organisation: z.string().optional().meta({ example: 'Exempelmyndigheten' }),
        disclosedOn: Day,
        objects: z.int().meta({ example: 2 }),
        letter: z.string().meta({ description: 'Brevet / the letter' }),
        outcome: outcome.optional(),
      }),
    ),
  })
  .meta({ id: 'RecipientsToTell' })

export const TellingRequest = z
  .strictObject({ disclosure: id, outcome, note })
  .meta({ id: 'RecipientToldRequest' })

export const PortabilityAnswer = z
  .strictObject({
    lookUp: position,
    applies: z.boolean().meta({ example: false }),
    activities: z.array(
      z.strictObject({
        id,
        name: z.string(),
        legalBasis: z.array(z.string()).meta({ example: ['publicTask'] }),
        portable: z.boolean().meta({ example: false }),
      }),
    ),
    records: z.array(
      z.strictObject({
        id,
        channel: z.string(),
        verb: z.string().meta({ example: 'commented' }),
        content: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'PortabilityAnswer' })
