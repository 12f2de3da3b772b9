import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { coverageOf } from './coverage.ts'
import {
  CoverageAnswer,
  coverageExample,
  OverviewQuery,
  RemapAnswer,
  RemapRequestBody,
  remapExample,
  UnrecognisedAnswer,
  unrecognisedExample,
} from './overview-schemas.ts'
import { remap } from './remap.ts'
import { unrecognisedIndex } from './unrecognised.ts'

const tag = 'imports'

/** What came in and what did not: coverage, the index of what nobody understood, and reading it again. */
export function overviewRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/coverage',
    operation({
      id: 'readCoverage',
      tag,
      summary: 'Läs kanalernas täckning / read the coverage of the channels',
      description:
        'Senaste leverans, längsta uppehåll, fel signaturer och plattformens kontrollfrågor, per kanal. Utan personuppgifter. / Last delivery, longest gap, wrong signatures and challenges of the platform, by channel. No personal data.',
      scope: 'interactions:read',
      params: ControllerParams,
      query: OverviewQuery,
      responses: {
        200: { description: 'Täckningen / the coverage', schema: CoverageAnswer, example: coverageExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { channel } = request.query
      const now = ledger.clock.now()
      const channels = await reading(ledger, log, (tx) =>
        coverageOf(tx, log.controller, now, channel === undefined ? {} : { channel }),
      )
      return { channels }
    },
  )

  app.get(
    '/controllers/:controller/unrecognised',
    operation({
      id: 'listUnrecognised',
      tag,
      summary: 'Läs vad som inte kunnat tolkas / read what could not be recognised',
      description:
        'Slag och översättningens version med antal, per kanal. Innehållet är förseglat. / Kinds and version of the mapper with counts, by channel. Content stays sealed.',
      scope: 'interactions:read',
      params: ControllerParams,
      query: OverviewQuery,
      responses: {
        200: { description: 'Slagen / the kinds', schema: UnrecognisedAnswer, example: unrecognisedExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { channel } = request.query
      const kinds = await unrecognisedIndex(ledger, log, channel === undefined ? {} : { channel })
      return { kinds: [...kinds] }
    },
  )

  app.post(
    '/controllers/:controller/remaps',
    operation({
      id: 'remapDeliveries',
      tag,
      summary: 'Läs sparade leveranser igen / read kept deliveries again',
      description:
        'Med en nyare version av översättningen, där det finns en. Det som var okänt blir nya händelser; det som läses annorlunda sparas bredvid. Provas först om inget annat sägs; kan upprepas. Inlästa arkiv läses igen av kommandot. / By a newer version of the mapper, where there is one. What was unrecognised becomes new events; what is read otherwise is kept beside. A dry run unless told; may be repeated. Imported archives are left to the command.',
      scope: 'interactions:write',
      params: ControllerParams,
      body: { schema: RemapRequestBody, example: { since: '2026-03-01', dryRun: true } },
      responses: {
        200: { description: 'Vad det gav / what it brought', schema: RemapAnswer, example: remapExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { since, channel, dryRun, limit } = request.body
      const { kinds, ...report } = await remap(ledger, log, {
        since,
        dryRun,
        limit,
        postedOnly: true,
        actor: { name: actorOf(request).id },
        ...(channel === undefined ? {} : { channel }),
      })
      const unrecognised = Object.entries(kinds).map(([kind, items]) => ({ kind, items }))
      return { ...report, unrecognised }
    },
  )
}
