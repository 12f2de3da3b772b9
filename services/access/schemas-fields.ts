import { z } from 'zod'
import { text } from '../events/vocabulary.ts'
import { Identifier } from './identifiers.ts'

export const caseId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'Ärendets id / id of the case', example: '0198c5a0-0000-7000-8000-000000000030' })
export const subject = z.uuid().toLowerCase().meta({
  description: 'Den registrerades id i loggen / id of the data subject in the log',
  example: 'c1f7a8de-0000-4000-8000-000000000017',
})
export const position = z
  .string()
  .meta({ description: 'Plats i loggen, som text / position in the log, as text', example: '24' })
export const purpose = text(2000).meta({
  description: 'Ändamålet med uppslaget, förseglas / why it is looked up; kept sealed',
  example: 'Begäran om registerutdrag, dnr KS 2026/117',
})
export const note = text(5000).optional().meta({
  description: 'Skälen i ord, förseglas / the reasons in words; kept sealed',
  example: 'Koden lästes upp från kontot.',
})
export const language = z
  .enum(['sv', 'en'])
  .meta({ description: 'Svarets språk / language of the answer', example: 'sv' })
export const identifiers = z
  .array(Identifier)
  .min(1)
  .max(50)
  .meta({ description: 'Vad personen är känd under / what the person is known by' })

export const caseParams = z.strictObject({
  controller: z
    .string()
    .meta({ description: 'Den personuppgiftsansvariga / the controller', example: 'kommunstyrelsen' }),
  id: caseId,
})
