import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { HttpError } from '../api/http-error.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { text } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { grantErasure, previewErasure } from './erasure.ts'
import { erasureCase, erasureProgress } from './erasure-queries.ts'

const params = z.strictObject({
  controller: z
    .string()
    .meta({ description: 'Den personuppgiftsansvariga / the controller', example: 'kommunstyrelsen' }),
  id: z
    .uuid()
    .toLowerCase()
    .meta({ description: 'Ärendets id / id of the case', example: '0198c5a0-0000-7000-8000-000000000030' }),
})

const Preview = z
  .strictObject({
    going: z.int().meta({ description: 'Objekt som raderas / objects that go', example: 12 }),
    kept: z.array(
      z.strictObject({
        reason: z.enum(['preserved', 'noDecision', 'laterRule', 'held']).meta({
          description:
            'Bevaras; inget gallringsbeslut; en senare frist; stopp (artikel 17.3) / preserved; no disposal decision; a later period; a hold',
          example: 'preserved',
        }),
        by: z.string().optional().meta({
          description: 'Regeln eller stoppets grund / the rule, or the ground of the hold',
          example: 'Ledningens inlägg',
        }),
        objects: z.int().meta({ example: 3 }),
      }),
    ),
    ofOthers: z.int().meta({
      description: 'Andras objekt där personen förekommer / objects of others in which the person stands',
      example: 2,
    }),
  })
  .meta({ id: 'ErasurePreview' })

const Progress = z
  .strictObject({
    granted: z.int().meta({ example: 12 }),
    condemned: z.int().meta({ description: 'Avsedda av en gallring / condemned', example: 12 }),
    destroyed: z.int().meta({ description: 'Förstörda / destroyed', example: 12 }),
    purges: z.array(z.uuid()).meta({
      description: 'Gallringarna, vars bevis gäller / the purges, whose certificates hold',
    }),
    forgotten: z.int().meta({
      description: 'Personer vars nyckel och sökdigest är borta / persons whose key and digests are gone',
      example: 1,
    }),
  })
  .meta({ id: 'ErasureProgress' })

const example = {
  going: 12,
  kept: [{ reason: 'preserved' as const, by: 'Ledningens inlägg', objects: 3 }],
  ofOthers: 2,
}

/** Erasure at a data subject's request (art. 17): beside the case, since the rules decide what may go. */
export function erasureRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const path = '/controllers/:controller/access-cases/:id/erasure'
  const words = { tag: 'access', params, problems: [409] } as const

  async function admit(request: FastifyRequest, controller: string, id: string) {
    const log = await logOf(ledger, controller)
    const file = await reading(ledger, log, (tx) => erasureCase(tx, log.controller, id))
    if (file === undefined) throw new DomainError('not-found', 'There is no such case about erasure')
    if (file.protected && !actorOf(request).scopes.has('access:protected')) {
      throw new HttpError(
        'scope-missing',
        'The case is on the path for protected identity: access:protected.',
      )
    }
    return log
  }

  app.get(
    `${path}/preview`,
    operation({
      ...words,
      scope: 'access:read',
      id: 'previewErasure',
      summary: 'Vad som skulle raderas och vad som måste bevaras / what would go and what is kept',
      description:
        'Personens egna objekt, efter regler, beslut och gallringsstopp i dag. Inget innehåll öppnas. / The person’s own objects, by the rules, decisions and holds of today. No content is opened.',
      responses: { 200: { description: 'Förhandsvisningen / the preview', schema: Preview, example } },
    }),
    async (request) => {
      const { controller, id } = request.params
      const log = await admit(request, controller, id)
      const { kept, ...rest } = await previewErasure(ledger, log, id)
      return { ...rest, kept: kept.map((it) => ({ ...it })) }
    },
  )

  app.post(
    `${path}/grant`,
    operation({
      ...words,
      scope: 'access:write',
      id: 'grantErasure',
      summary: 'Bevilja radering av det som får raderas / grant the erasure of what may go',
      description:
        'Det märks nu och förstörs av nästa gallring när ärendet är besvarat, med gallringsbevis. / It is marked now and destroyed by the next purge once the case is answered, with a certificate.',
      body: {
        schema: z
          .strictObject({
            note: text(5000)
              .optional()
              .meta({ description: 'Skälen i ord, förseglas / the reasons; kept sealed' }),
          })
          .meta({ id: 'GrantErasureRequest' }),
        example: { note: 'Beviljas utom ledningens inlägg.' },
      },
      responses: {
        200: { description: 'Vad som går och stannar / what goes and stays', schema: Preview, example },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const log = await admit(request, controller, id)
      const actor = { name: actorOf(request).id }
      const { kept, ...rest } = await grantErasure(ledger, log, actor, id, request.body.note)
      return { ...rest, kept: kept.map((it) => ({ ...it })) }
    },
  )

  app.get(
    path,
    operation({
      ...words,
      scope: 'access:read',
      id: 'getErasure',
      summary: 'Hur långt raderingen kommit / how far the erasure has come',
      description:
        'Beviljat, förstört, gallringar, glömda personer. / Granted, destroyed, purges, persons forgotten.',
      responses: {
        200: {
          description: 'Läget / the state',
          schema: Progress,
          example: {
            granted: 12,
            condemned: 12,
            destroyed: 12,
            purges: ['0198c5a0-0000-7000-8000-000000000061'],
            forgotten: 1,
          },
        },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const log = await admit(request, controller, id)
      return reading(ledger, log, (tx) => erasureProgress(tx, log.controller, id))
    },
  )
}
