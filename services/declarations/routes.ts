import type { FastifyReply } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Scope } from '../api/scopes.ts'
import type { Api } from '../api/types.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { AsOf, BetweenQuery, DeclaredDifference, declaredAsOf, documentDifference, oneAsOf } from './as-of.ts'
import { type DeclareWish, declare } from './declare.ts'
import type { Kind } from './kinds.ts'
import { type DeclaredVersion, declaredVersions } from './queries.ts'
import {
  ControllerParams,
  DeclaredParams,
  declaredExample,
  declaredSchema,
  documentDigest,
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
  /** How it is declared, where more is to be looked at than the document. */
  readonly declare?: (log: Log, wish: DeclareWish<T>) => Promise<DeclaredVersion>
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
    digest: documentDigest(it.document),
    document: it.document as T,
  })
  const send = (reply: FastifyReply, it: DeclaredVersion) =>
    reply.header('etag', etagOf(it.version)).send(answer(it))
  const put = spec.declare ?? ((log: Log, wish: DeclareWish<T>) => declare(ledger, log, kind, wish))
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
      const made = await put(log, { document: request.body as T, actor })
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
      description:
        'Senaste versionen av var och en; med `validOn` den som gällde då, med `knownAt` som systemet kände dem då. / The newest version of each; with `validOn` the one that held then, with `knownAt` as the system knew them then.',
      scope: spec.read,
      params: ControllerParams,
      query: PageQuery.extend(AsOf.shape),
      responses: { 200: { description: 'En sida / a page', schema: Page, example: pageExample(declared) } },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      const offset = offsetOf(request.query)
      const all = await declaredAsOf(ledger, log, kind.name, request.query)
      return { items: all.slice(offset, offset + limit).map(answer), total: all.length, page, limit }
    },
  )

  app.get(
    `/controllers/:controller/${path}/:id`,
    operation({
      id: `read${id}`,
      tag,
      summary: `Läs ${sv.one} / Read ${en.one}`,
      description:
        'Senaste versionen, eller den som gällde `validOn` så som systemet kände den `knownAt`. / The newest version, or the one that held `validOn` as the system knew it `knownAt`.',
      scope: spec.read,
      params: DeclaredParams,
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
      const found = await oneAsOf(ledger, log, kind.name, request.params.id, request.query)
      return send(reply, found)
    },
  )

  app.get(
    `/controllers/:controller/${path}/:id/difference`,
    operation({
      id: `compare${id}`,
      tag,
      summary: `Skillnaden mellan två tidpunkter / The difference between two moments of ${en.one}`,
      description:
        'Den öppna sidan som den gällde och var känd då och då. / The open side as it held and was known at one moment and at another.',
      scope: spec.read,
      params: DeclaredParams,
      query: BetweenQuery,
      responses: {
        200: {
          description: 'Skillnaderna / the differences',
          schema: DeclaredDifference,
          example: {
            id: '0198c5a0-0000-7000-8000-000000000001',
            fromVersion: 1,
            toVersion: 2,
            changes: [{ pointer: '/name', before: 'Sidan', after: 'Kommunens sida' }],
          },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return documentDifference(ledger, log, kind.name, request.params.id, request.query)
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
      const changed = await put(log, {
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
      const offset = offsetOf(request.query)
      const [versions] = await reading(ledger, log, (tx) =>
        declaredVersions(tx, log.controller, kind.name, { id: request.params.id }),
      )
      if (versions === undefined) throw new DomainError('not-found', `there is no such ${kind.name}`)
      const items = versions.slice(offset, offset + limit).map(answer)
      return { items, total: versions.length, page, limit }
    },
  )
}
