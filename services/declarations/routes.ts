import type { FastifyReply } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Scope } from '../api/scopes.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { declare } from './declare.ts'
import type { Kind } from './kinds.ts'
import { currentDeclaration, type DeclaredVersion, declarationHistory, listDeclarations } from './queries.ts'
import {
  ControllerParams,
  DeclaredParams,
  declaredExample,
  declaredSchema,
  exampleOf,
  pageExample,
  pageSchema,
} from './schemas.ts'

export type DeclarationDeps = { readonly ledger: Ledger }

/** How a kind of declared documents stands in the API. */
export type KindRoutes<T extends object> = {
  readonly kind: Kind<T>
  /** The collection's name in the address: `channels`. */
  readonly path: string
  readonly tag: string
  /** The name in operation ids: `Channel`. */
  readonly id: string
  readonly sv: { readonly one: string; readonly many: string }
  readonly en: { readonly one: string; readonly many: string }
  readonly read: Scope
  readonly write: Scope
  /** What is to be known of writing it, in both languages. */
  readonly note?: string
}

export const ifMatch = {
  'If-Match': {
    description: 'Versionen som ändras / the ETag that is changed',
    example: '"1"',
    required: true,
  },
} as const

/** The routes that every kind of declared documents has: create, list, read, change, versions. */
export function declarationRoutes<T extends object>(
  app: Api,
  { ledger }: DeclarationDeps,
  spec: KindRoutes<T>,
): void {
  const { kind, path, tag, id, sv, en } = spec
  const Declared = declaredSchema(`Declared${id}`, kind.schema)
  const Page = pageSchema(`Declared${id}Page`, Declared)
  const example = exampleOf(kind.schema)
  const declared = declaredExample(example)
  const answer = (it: DeclaredVersion) => ({
    ...it,
    sealed: kind.personalFields(it.document as T).length > 0,
    document: it.document as T,
  })
  const send = (reply: FastifyReply, it: DeclaredVersion) =>
    reply.header('etag', etagOf(it.version)).send(answer(it))
  const note = spec.note === undefined ? '' : ` ${spec.note}`

  app.post(
    `/controllers/:controller/${path}`,
    operation({
      id: `create${id}`,
      tag,
      summary: `Lägg upp ${sv.one} / Declare ${en.one}`,
      description: `Första versionen. / The first version.${note}`,
      scope: spec.write,
      params: ControllerParams,
      body: { schema: kind.schema, example },
      responses: {
        201: {
          description: 'Upplagd / declared',
          schema: Declared,
          example: declared,
          headers: { Location: 'var den finns / where it is', ETag: 'version' },
        },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      const made = await declare(ledger, log, kind, { document: request.body as T, actor })
      reply.code(201).header('location', `${app.prefix}/controllers/${log.slug}/${path}/${made.id}`)
      return send(reply, made)
    },
  )

  app.get(
    `/controllers/:controller/${path}`,
    operation({
      id: `list${id}s`,
      tag,
      summary: `Lista ${sv.many} / List ${en.many}`,
      description: 'Senaste versionen av var och en. / The newest version of each.',
      scope: spec.read,
      params: ControllerParams,
      query: PageQuery,
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listDeclarations(tx, log.controller, kind.name, { limit, offset }),
      )
      return { items: found.items.map(answer), total: found.total, page, limit }
    },
  )

  app.get(
    `/controllers/:controller/${path}/:id`,
    operation({
      id: `read${id}`,
      tag,
      summary: `Läs ${sv.one} / Read ${en.one}`,
      description: 'Senaste versionen. / The newest version.',
      scope: spec.read,
      params: DeclaredParams,
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
      const found = await reading(ledger, log, (tx) =>
        currentDeclaration(tx, log.controller, kind.name, request.params.id),
      )
      if (found === undefined) throw new DomainError('not-found', `there is no such ${kind.name}`)
      return send(reply, found)
    },
  )

  app.put(
    `/controllers/:controller/${path}/:id`,
    operation({
      id: `change${id}`,
      tag,
      summary: `Ändra ${sv.one} / Change ${en.one}`,
      description: `En ny version som ersätter hela den förra; If-Match säger vilken. / A new version in place of the whole one before; If-Match says which.${note}`,
      scope: spec.write,
      params: DeclaredParams,
      headers: ifMatch,
      body: { schema: kind.schema, example },
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
      const changed = await declare(ledger, log, kind, {
        id: request.params.id,
        ...(expected === 'any' ? {} : { expectedVersion: expected }),
        document: request.body as T,
        actor: { name: actorOf(request).id },
      })
      return send(reply, changed)
    },
  )

  app.get(
    `/controllers/:controller/${path}/:id/versions`,
    operation({
      id: `list${id}Versions`,
      tag,
      summary: `Alla versioner av ${sv.one} / All versions of ${en.one}`,
      description: 'Ur loggen, den äldsta först. / From the log, the oldest first.',
      scope: spec.read,
      params: DeclaredParams,
      query: PageQuery,
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      const { current, items } = await reading(ledger, log, async (tx) => {
        const at = [tx, log.controller, kind.name, request.params.id] as const
        return {
          current: await currentDeclaration(...at),
          items: await declarationHistory(...at, { limit, offset: offsetOf(request.query) }),
        }
      })
      if (current === undefined) throw new DomainError('not-found', `there is no such ${kind.name}`)
      return { items: items.map(answer), total: current.version, page, limit }
    },
  )
}
