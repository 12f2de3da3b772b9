import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { findFlagged, scanned } from './flagged.ts'
import { FindFlagged, FlaggedPage, flaggedExample } from './flagged-schemas.ts'

/** What screening on the way in has flagged, for a human to look at. */
export function flaggedRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    '/controllers/:controller/supervision/flagged',
    operation({
      id: 'findFlagged',
      tag: 'supervision',
      scope: 'supervision:read',
      summary: 'Flaggade interaktioner / flagged interactions',
      description: `Personnummer, samordningsnummer, e-post, telefon och ordlistor. En flagga är en anvisning åt en människa, aldrig ett beslut. Söker ${scanned} i taget; uppslaget antecknas. / Personal and coordination numbers, e-mail, telephone and word lists. A flag is a hint for a human, never a decision. Looks through ${scanned} at a time; the look-up is recorded.`,
      params: ControllerParams,
      body: { schema: FindFlagged, example: { purpose: 'Uppsikt över kommentarer', kinds: ['word'] } },
      responses: {
        200: { description: 'En sida / a page', schema: FlaggedPage, example: flaggedExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return findFlagged(ledger, log, { name: actorOf(request).id }, request.body)
    },
  )
}
