import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { admit } from './admit-routes.ts'
import { caseExample, hitsExample, purposeExample, searchExample } from './examples.ts'
import {
  ReviewHitsRequest,
  TextHits,
  TextHitsRequest,
  TextSearchRequest,
  TextSearchState,
} from './schemas.ts'
import { AccessCase } from './schemas-case.ts'
import { caseParams } from './schemas-fields.ts'
import { reviewHits, showHits } from './search-review.ts'
import { searchRuns } from './search-runs.ts'
import { viewOf } from './view.ts'

const write = { tag: 'access', params: caseParams, scope: 'access:write', problems: [409] } as const

/** The person's names in what others have written: searched, shown, decided of. */
export function searchRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const path = '/controllers/:controller/access-cases/:id/text-search'
  const runs = searchRuns(ledger, (error) =>
    app.log.error({ err: error }, 'a search of texts was interrupted'),
  )
  app.addHook('onClose', runs.close)

  app.post(
    path,
    operation({
      ...write,
      id: 'startTextSearch',
      summary: 'Sök namnen i andras texter / search others’ texts for the names',
      description:
        'Söker de knutna kontonas namn och användarnamn i allt som går att läsa, före loggens slut nu. En avbruten sökning fortsätter. / Looks for the names and handles of the linked accounts in everything readable before the present end of the log. An interrupted search goes on.',
      body: { schema: TextSearchRequest, example: { purpose: purposeExample, terms: [] } },
      responses: {
        202: {
          description: 'Pågår / under way',
          schema: TextSearchState,
          example: searchExample,
          headers: { Location: 'sökningen / the search' },
        },
      },
    }),
    async (request, reply) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      await runs.start(log, actor, id, request.body)
      reply.code(202).header('location', request.url)
      return runs.status(log, id)
    },
  )

  app.get(
    path,
    operation({
      ...write,
      scope: 'access:read',
      id: 'getTextSearch',
      summary: 'Hur långt sökningen har kommit / how far the search has come',
      description:
        'Läge, uppskattad tid kvar och antal. Inga texter. / State, estimated time left, counts. No texts.',
      responses: {
        200: { description: 'Sökningen / the search', schema: TextSearchState, example: searchExample },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log } = await admit(ledger, request, controller, id)
      return runs.status(log, id)
    },
  )

  app.post(
    `${path}/hits`,
    operation({
      ...write,
      id: 'showTextHits',
      summary: 'Träffarna med sina texter / the hits with their texts',
      description: 'Uppslaget antecknas först. / The look-up is recorded first.',
      body: { schema: TextHitsRequest, example: { purpose: purposeExample } },
      responses: { 200: { description: 'Träffar / hits', schema: TextHits, example: hitsExample } },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { purpose, unreviewed, page, limit } = request.body
      const shown = { unreviewed, limit, offset: (page - 1) * limit }
      const { total, hits } = await showHits(ledger, log, { actor, purpose }, id, shown)
      return { total, hits: hits.map(({ texts, ...hit }) => ({ ...hit, texts: [...texts] })) }
    },
  )

  app.post(
    `${path}/reviews`,
    operation({
      ...write,
      id: 'reviewTextHits',
      summary: 'Besluta om träffar / decide of hits',
      description:
        'En, flera eller alla ogranskade. Det som tas med kommer i svaret som något andra har skrivit om personen. / One, several or all unreviewed. What is included stands in the answer as written about the person by others.',
      body: { schema: ReviewHitsRequest, example: { purpose: purposeExample, decision: 'exclude' } },
      responses: { 200: { description: 'Ärendet / the case', schema: AccessCase, example: caseExample } },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { purpose, ...review } = request.body
      const file = await reviewHits(ledger, log, { actor, purpose }, id, review)
      return viewOf(file, localDay(ledger.clock.now()))
    },
  )
}
