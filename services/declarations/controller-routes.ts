import { actorOf, requireController } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { declare, declareController, slugDiffers } from './declare.ts'
import { controllerKind, controllerStream } from './kinds.ts'
import { currentDeclaration, type DeclaredVersion, declarationHistory } from './queries.ts'
import { type DeclarationDeps, ifMatch } from './routes.ts'
import {
  ControllerParams,
  declaredExample,
  declaredSchema,
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
      description: 'De som åtkomstbeviset gäller för. / Those that the token is for.',
      scope: 'register:read',
      query: PageQuery,
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const { controllers } = actorOf(request)
      const { limit, page } = request.query
      const logs = (await ledger.list()).filter(({ slug }) => controllers === '*' || controllers.has(slug))
      const found: DeclaredVersion[] = []
      const offset = offsetOf(request.query)
      for (const log of logs.slice(offset, offset + limit)) {
        const it = await current(ledger, log)
        if (it !== undefined) found.push(it)
      }
      return { items: found.map(answer), total: logs.length, page, limit }
    },
  )

  app.get(
    '/controllers/:controller',
    operation({
      id: 'readController',
      tag,
      summary: 'Läs en personuppgiftsansvarig / Read a controller',
      description: 'Senaste versionen. / The newest version.',
      scope: 'register:read',
      params: ControllerParams,
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
      const found = await current(ledger, await logOf(ledger, request.params.controller))
      if (found === undefined) throw new DomainError('not-found', 'the controller is not declared')
      return reply.header('etag', etagOf(found.version)).send(answer(found))
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
