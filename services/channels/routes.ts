import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { channelKind } from '../declarations/kinds.ts'
import { type DeclarationDeps, declarationRoutes } from '../declarations/routes.ts'
import { DeclaredParams, declaredExample, declaredSchema, exampleOf } from '../declarations/schemas.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { Day, text } from '../events/vocabulary.ts'
import { logOf } from '../ledger/log-of.ts'
import { closeChannel } from './close.ts'
import { controllershipRoutes } from './controllership-routes.ts'
import { diaryRoutes } from './diary-routes.ts'
import { publicChannelRoutes } from './public-routes.ts'
import { readSealedChannel } from './sealed.ts'

const ReadChannelRequest = z
  .strictObject({
    purpose: text(2000).meta({
      description: 'Varför, förseglas / why; kept sealed',
      example: 'Uppsikt över chefens konto, dnr KS 2026/117',
    }),
  })
  .meta({ id: 'ReadChannelRequest' })

const CloseChannelRequest = z
  .strictObject({ day: Day.meta({ description: 'Sista dagen / the last day', example: '2026-03-05' }) })
  .meta({ id: 'CloseChannelRequest' })
const ClosedChannel = z
  .strictObject({
    id: z.uuid(),
    version: z.int().min(1),
    position: z.string().meta({ example: '17' }),
    closedOn: Day,
  })
  .meta({ id: 'ClosedChannel' })

const OpenedChannel = declaredSchema('OpenedChannel', ChannelDeclaration)
const example = exampleOf(ChannelDeclaration)

export function channelRoutes(app: Api, deps: DeclarationDeps): void {
  declarationRoutes(app, deps, {
    kind: channelKind,
    path: 'channels',
    tag: 'channels',
    id: 'Channel',
    sv: { one: 'en kanal', many: 'kanaler' },
    en: { one: 'a channel', many: 'channels' },
    read: 'register:read',
    write: 'register:write',
    note: 'Konto, namn, adress och innehavare förseglas utanför den offentliga listan och måste sändas igen vid ändring. / Outside the public list account, handle, address and holder are sealed; a change sends them again.',
  })
  publicChannelRoutes(app, deps)
  diaryRoutes(app, deps)
  const { ledger } = deps
  controllershipRoutes(app, ledger)

  app.post(
    '/controllers/:controller/channels/:id/read',
    operation({
      id: 'openChannel',
      tag: 'channels',
      summary: 'Läs en kanal med förseglade uppgifter / Read a channel with what is sealed',
      description:
        'Uppslaget antecknas med sitt ändamål innan något visas. / The look-up is recorded with its purpose before anything is shown.',
      scope: 'register:read',
      params: DeclaredParams,
      body: {
        schema: ReadChannelRequest,
        example: { purpose: 'Uppsikt över chefens konto, dnr KS 2026/117' },
      },
      responses: {
        200: {
          description: 'Hela dokumentet / the whole document',
          schema: OpenedChannel,
          example: declaredExample(example),
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      return readSealedChannel(ledger, log, request.params.id, { actor, purpose: request.body.purpose })
    },
  )

  app.post(
    '/controllers/:controller/channels/:id/close',
    operation({
      id: 'closeChannel',
      tag: 'channels',
      summary: 'Avsluta en kanal / close a channel',
      description:
        'En ny version med sista dagen; frister som räknas från avslutet börjar löpa. / A new version with the last day; periods that count from the closing begin.',
      scope: 'register:write',
      params: DeclaredParams,
      body: { schema: CloseChannelRequest, example: { day: '2026-03-05' } },
      responses: {
        200: {
          description: 'Avslutad / closed',
          schema: ClosedChannel,
          example: {
            id: '0198c5a0-0000-7000-8000-000000000001',
            version: 2,
            position: '17',
            closedOn: '2026-03-05',
          },
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { day } = request.body
      const actor = { name: actorOf(request).id }
      const { id, version, position } = await closeChannel(ledger, log, actor, { id: request.params.id, day })
      return { id, version, position, closedOn: day }
    },
  )
}
