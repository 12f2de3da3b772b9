import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { Day } from '../events/vocabulary.ts'
import { controllerParams } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { readLookUps } from './look-ups.ts'
import { position, purpose, subject } from './schemas-fields.ts'

const Query = z
  .strictObject({
    subjects: z.array(subject).min(1).max(100).optional().meta({
      description: 'Bara dem som rörde någon av dessa / only those that concerned one of these',
    }),
    from: Day.optional(),
    to: Day.optional(),
    after: position.regex(/^\d{1,18}$/).optional(),
    limit: z.int().min(1).max(1000).default(20).meta({ description: 'Hur många / how many', example: 20 }),
    purpose,
  })
  .meta({ id: 'LookUpQuery' })

const Answer = z
  .strictObject({
    lookUp: position,
    items: z.array(
      z.strictObject({
        position,
        on: Day,
        kind: z.string().meta({ example: 'shown' }),
        scope: z
          .record(z.string(), z.unknown())
          .meta({ description: 'Vad som visades, utan namn / what was shown, without names' }),
        actor: z.uuid().optional().meta({ description: 'Vem, som id i loggen / who, by id in the log' }),
        purpose: z.string().optional().meta({ description: 'Ändamålet / the purpose' }),
        judged: z.boolean().meta({
          description:
            'false: omfattningen säger inte om det rörde personen / the scope does not tell whether it concerned the person',
          example: true,
        }),
      }),
    ),
    next: position.optional(),
  })
  .meta({ id: 'LookUpPage' })

/** The log of look-ups, for whoever supervises it. */
export function lookUpRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    '/controllers/:controller/access/look-ups',
    operation({
      id: 'listLookUps',
      tag: 'access',
      scope: 'audit:read',
      summary: 'Uppslag i personuppgifter / look-ups of personal data',
      description:
        'Dag, slag, omfattning och ändamål, i loggens ordning. Att läsa dem är ett uppslag i sig. En sida kan vara kortare än limit. / Day, kind, scope and purpose, in the order of the log. Reading them is a look-up itself. A page may be short of limit.',
      params: controllerParams,
      body: {
        schema: Query,
        example: {
          subjects: ['c1f7a8de-0000-4000-8000-000000000017'],
          purpose: 'Kvartalets uppföljning av uppslag',
        },
      },
      responses: {
        200: {
          description: 'Uppslagen / the look-ups',
          schema: Answer,
          example: {
            lookUp: '31',
            items: [
              {
                position: '20',
                on: '2026-03-05',
                kind: 'shown',
                scope: { search: 'identifiers', subjects: ['c1f7a8de-0000-4000-8000-000000000017'] },
                actor: 'd2f7a8de-0000-4000-8000-000000000018',
                purpose: 'Begäran om registerutdrag, dnr KS 2026/117',
                judged: true,
              },
            ],
          },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { purpose: why, ...query } = request.body
      const actor = { name: actorOf(request).id }
      const { items, ...page } = await readLookUps(ledger, log, { actor, purpose: why }, query)
      return {
        ...page,
        items: items.map(({ actor: by, purpose: said, ...it }) => ({
          ...it,
          scope: { ...it.scope },
          ...(by === undefined ? {} : { actor: by }),
          ...(said === undefined ? {} : { purpose: said }),
        })),
      }
    },
  )
}
