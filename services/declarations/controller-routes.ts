import { actorOf, requireController } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { AsOf, BetweenQuery, DeclaredDifference, declaredAsOf, documentDifference, oneAsOf } from './as-of.ts'
import { declare, declareController, slugDiffers } from './declare.ts'
import { controllerKind, controllerStream } from './kinds.ts'
import { currentDeclaration, type DeclaredVersion, declarationHistory } from './queries.ts'
import { type DeclarationDeps, ifMatch } from './routes.ts'
import {
  ControllerParams,
  declaredExample,
  declaredSchema,
  documentDigest,
  exampleOf,
  pageExample,
  pageSchema,
} from './schemas.ts'

const Declared = declaredSchema('DeclaredController', ControllerDeclaration)
const Page = pageSchema('DeclaredControllerPage', Declared)
const example = exampleOf(ControllerDeclaration)
const declared = declaredExample(example)
const tag = 'controllers'

const answer = (it: DeclaredVersion) => ({
  ...it,
  sealed: false,
  digest: documentDigest(it.document),
  document: it.document as unknown as ControllerDeclaration,
})

function current(ledger: Ledger, log: Log): Promise<DeclaredVersion | undefined> {
  return reading(ledger, log, (tx) => currentDeclaration(tx, log.controller, 'controller', controllerStream))
}

/** Controllers: each opens a log of its own. */
export function controllerRoutes(app: Api, { ledger }: DeclarationDeps): void {
  app.post(
    '/controllers',
    operation({
      id: 'createController',
      tag,
      summary: 'Lägg upp en personuppgiftsansvarig / Declare a controller',
      description:
        'Öppnar en egen logg. `slug` ändras aldrig. / Opens a log of its own. `slug` never changes. The token must be for that controller, or for all.',
      scope: 'controllers:write',
      body: { schema: ControllerDeclaration, example },
      responses: {
        201: {
          description: 'Upplagd / declared',
          schema: Declared,
          example: declared,
          headers: { Location: 'var den finns / where it is', ETag: 'version' },
        },
      },
      problems: [404, 409],
    }),
    async (request, reply) => {
      const actor = actorOf(request)
      const { slug } = request.body
      requireController(actor, slug)
      const made = await declareController(ledger, slug, request.body, { name: actor.id })
      reply
        .code(201)
        .header('location', `${app.prefix}/controllers/${slug}`)
        .header('etag', etagOf(made.declared.version))
      return reply.send(answer(made.declared))
    },
  )

  app.get(
    '/controllers',
    operation({
      id: 'listControllers',
      tag,
      summary: 'Lista personuppgiftsansvariga / List controllers',
      description:
        'De som åtkomstbeviset gäller för; med `validOn` och `knownAt` som de var då. / Those that the token is for; with `validOn` and `knownAt` as they were then.',
      scope: 'register:read',
      query: PageQuery.extend(AsOf.shape),
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const { controllers } = actorOf(request)
      const { limit, page } = request.query
      const logs = (await ledger.list()).filter(({ slug }) => controllers === '*' || controllers.has(slug))
      const found: DeclaredVersion[] = []
      let refused: unknown
      for (const log of logs) {
        // Each log has its own beginning: what was not there yet is left out, unless that is all of it.
        const standing = await declaredAsOf(ledger, log, 'controller', request.query).catch((error) => {
          refused = error
          return []
        })
        found.push(...standing)
      }
      if (found.length === 0 && refused !== undefined) throw refused
      const offset = offsetOf(request.query)
      return { items: found.slice(offset, offset + limit).map(answer), total: found.length, page, limit }
    },
  )

  app.get(
    '/controllers/:controller',
    operation({
      id: 'readController',
      tag,
      summary: 'Läs en personuppgiftsansvarig / Read a controller',
      description:
        'Senaste versionen, eller den som gällde `validOn` så som systemet kände den `knownAt`. / The newest version, or the one that held `validOn` as the system knew it `knownAt`.',
      scope: 'register:read',
      params: ControllerParams,
      query: AsOf,
      responses: {
        200: {
          description: 'Versionen / the version',
          schema: Declared,
          example: declared,
          headers: { ETag: 'version' },
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await oneAsOf(ledger, log, 'controller', controllerStream, request.query)
      return reply.header('etag', etagOf(found.version)).send(answer(found))
    },
  )

  app.get(
    '/controllers/:controller/difference',
    operation({
      id: 'compareController',
      tag,
      summary: 'Skillnaden mellan två tidpunkter / The difference between two moments of a controller',
      description:
        'Som den gällde och var känd då och då. / As it held and was known at one moment and at another.',
      scope: 'register:read',
      params: ControllerParams,
      query: BetweenQuery,
      responses: {
        200: {
          description: 'Skillnaderna / the differences',
          schema: DeclaredDifference,
          example: {
            id: controllerStream,
            fromVersion: 1,
            toVersion: 2,
            changes: [{ pointer: '/name', before: 'Nämnden', after: 'Kommunstyrelsen' }],
          },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return documentDifference(ledger, log, 'controller', controllerStream, request.query)
    },
  )

  app.put(
    '/controllers/:controller',
    operation({
      id: 'changeController',
      tag,
      summary: 'Ändra en personuppgiftsansvarig / Change a controller',
      description:
        'En ny version; If-Match säger vilken som ersätts. / A new version; If-Match says which one it takes the place of.',
      scope: 'controllers:write',
      params: ControllerParams,
      headers: ifMatch,
      body: { schema: ControllerDeclaration, example },
      responses: {
        200: {
          description: 'Ny version / new version',
          schema: Declared,
          example: declared,
          headers: { ETag: 'version' },
        },
      },
      problems: [409, 428],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const expected = requiredVersion(request)
      if (request.body.slug !== log.slug) throw slugDiffers()
      const changed = await declare(ledger, log, controllerKind, {
        id: controllerStream,
        ...(expected === 'any' ? {} : { expectedVersion: expected }),
        document: request.body,
        actor: { name: actorOf(request).id },
      })
      return reply.header('etag', etagOf(changed.version)).send(answer(changed))
    },
  )

  app.get(
    '/controllers/:controller/versions',
    operation({
      id: 'listControllerVersions',
      tag,
      summary: 'Alla versioner / All versions of a controller',
      description: 'Ur loggen, den äldsta först. / From the log, the oldest first.',
      scope: 'register:read',
      params: ControllerParams,
      query: PageQuery,
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      const items = await reading(ledger, log, (tx) =>
        declarationHistory(tx, log.controller, 'controller', controllerStream, {
          limit,
          offset: offsetOf(request.query),
        }),
      )
      const total = (await current(ledger, log))?.version ?? 0
      return { items: items.map(answer), total, page, limit }
    },
  )
}
