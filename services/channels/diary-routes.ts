import { actorOf } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { negotiate } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ifMatch } from '../declarations/routes.ts'
import { ControllerParams, DeclaredParams, pageExample } from '../declarations/schemas.ts'
import { Day } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { enterDiary, missing, openDiaryEntry } from './diary.ts'
import { diaryPage } from './diary-page.ts'
import { diaryEntry, listDiary } from './diary-queries.ts'
import {
  DiaryEntry,
  DiaryEntryDraft,
  DiaryPage,
  draftExample,
  entryExample,
  OpenedDiaryEntry,
  ReadDiaryEntry,
} from './diary-schemas.ts'
import { cachedHeaders, notModified, publicHeaders, sendPublic } from './public-routes.ts'
import { PublicQuery } from './public-schemas.ts'

const base = '/controllers/:controller/diary'
const tag = 'public'
const DiaryQuery = PageQuery.extend({
  ...PublicQuery.shape,
  from: Day.optional().meta({ description: 'Första dagen / first day', example: '2026-01-01' }),
  to: Day.optional().meta({ description: 'Sista dagen / last day', example: '2026-12-31' }),
})

/** The diary: entered by the registrar, read by anybody without the columns that secrecy demands be left out. */
export function diaryRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/public/diary',
    operation({
      id: 'readPublicDiary',
      tag,
      scope: 'public',
      summary: 'Det offentliga diariet / the public diary',
      description:
        'De fyra kolumnerna i OSL 5:2. Avsändare eller mottagare och vad det rör utelämnas där sekretess kräver det; enskilda namnges inte. / The four columns of OSL 5:2. Sender or recipient and what it concerns are left out where secrecy demands; private persons are not named.',
      params: ControllerParams,
      query: DiaryQuery,
      headers: publicHeaders,
      responses: {
        200: {
          description: 'En sida / a page',
          schema: DiaryPage,
          example: pageExample(entryExample),
          otherTypes: ['text/html'],
          headers: cachedHeaders,
        },
        304: notModified,
      },
      problems: [404, 406],
    }),
    async (request, reply) => {
      const type = negotiate(request.headers.accept, ['application/json', 'text/html'])
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, from, to, language } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listDiary(tx, log.controller, { from, to }, { limit, offset }),
      )
      if (type === 'application/json')
        return sendPublic(request, reply, type, JSON.stringify({ ...found, page, limit }))
      const query = new URLSearchParams({
        language: language === 'sv' ? 'en' : 'sv',
        page: String(page),
        limit: String(limit),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })
      const href = `${app.prefix}/controllers/${log.slug}/public/diary?${query}`
      return sendPublic(request, reply, type, await diaryPage(found, log.slug, language, href))
    },
  )

  app.post(
    base,
    operation({
      id: 'enterDiary',
      tag,
      scope: 'register:write',
      summary: 'Diarieför / enter in the diary',
      description:
        'Kolumner under sekretess och personers namn förseglas. / Columns under secrecy and names of persons are sealed.',
      params: ControllerParams,
      body: { schema: DiaryEntryDraft, example: draftExample },
      responses: {
        201: {
          description: 'Diariefört / entered',
          schema: DiaryEntry,
          example: entryExample,
          headers: { Location: 'var det finns / where it is', ETag: 'version' },
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const made = await enterDiary(ledger, log, { name: actorOf(request).id }, request.body)
      reply
        .code(201)
        .header('location', `${app.prefix}/controllers/${log.slug}/diary/${made.id}`)
        .header('etag', etagOf(made.version))
      return reply.send(made)
    },
  )

  app.get(
    `${base}/:id`,
    operation({
      id: 'getDiaryEntry',
      tag,
      scope: 'register:read',
      summary: 'En diariepost / a diary entry',
      description: 'Som allmänheten ser den. / As the public sees it.',
      params: DeclaredParams,
      responses: {
        200: {
          description: 'Posten / the entry',
          schema: DiaryEntry,
          example: entryExample,
          headers: { ETag: 'version' },
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => diaryEntry(tx, log.controller, request.params.id))
      const { entry } = found ?? missing()
      return reply.header('etag', etagOf(entry.version)).send(entry)
    },
  )

  app.put(
    `${base}/:id`,
    operation({
      id: 'correctDiaryEntry',
      tag,
      scope: 'register:write',
      summary: 'Rätta en diariepost / correct a diary entry',
      description:
        'Hela posten på nytt; If-Match säger vilken version. Även för att ange eller häva sekretess. / The whole entry anew; If-Match says which version. Also to set or lift secrecy.',
      params: DeclaredParams,
      headers: ifMatch,
      body: { schema: DiaryEntryDraft, example: draftExample },
      responses: {
        200: {
          description: 'Rättad / corrected',
          schema: DiaryEntry,
          example: entryExample,
          headers: { ETag: 'version' },
        },
      },
      problems: [409, 428],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      const expected = requiredVersion(request)
      const found = await reading(ledger, log, (tx) => diaryEntry(tx, log.controller, id))
      const { entry } = found ?? missing()
      const version = expected === 'any' ? entry.version : expected
      const actor = { name: actorOf(request).id }
      const made = await enterDiary(ledger, log, actor, request.body, { id, version })
      return reply.header('etag', etagOf(made.version)).send(made)
    },
  )

  app.post(
    `${base}/:id/read`,
    operation({
      id: 'openDiaryEntry',
      tag,
      scope: 'register:write',
      summary: 'Läs en diariepost med det utelämnade / read an entry with what is left out',
      description: 'Uppslaget antecknas innan något visas. / The look-up is recorded first.',
      params: DeclaredParams,
      body: { schema: ReadDiaryEntry, example: { purpose: 'Sekretessprövning' } },
      responses: {
        200: {
          description: 'Hela posten / the whole entry',
          schema: OpenedDiaryEntry,
          example: { entry: entryExample, correspondent: 'Trafikverket', lookUp: '18' },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const why = { actor: { name: actorOf(request).id }, purpose: request.body.purpose }
      return openDiaryEntry(ledger, log, request.params.id, why)
    },
  )
}
