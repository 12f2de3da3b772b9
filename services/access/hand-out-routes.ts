import { z } from 'zod'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { controllerParams } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { admit } from './admit-routes.ts'
import { handOutExample, purposeExample } from './examples.ts'
import { filesOf, zipOf } from './files.ts'
import { fetchOnce, handOut, linkOf } from './hand-out.ts'
import { fetchPage } from './hand-out-page.ts'
import { compileCase } from './package.ts'
import { HandOut, HandOutRequest, PackageRequest } from './schemas.ts'
import { caseParams } from './schemas-fields.ts'

const tokenParams = controllerParams.extend({
  token: z
    .string()
    .max(100)
    .meta({ description: 'Slutet av länken / the end of the link', example: handOutExample.id }),
})
const zip = { description: 'Paketet / the package', mediaType: 'application/zip', example: '' }
const write = { tag: 'access', params: caseParams, scope: 'access:write', problems: [409] } as const

/** The answer as a package, and its way to the person. */
export function handOutRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const path = '/controllers/:controller/access-cases/:id'

  app.post(
    `${path}/package`,
    operation({
      ...write,
      id: 'packAccessAnswer',
      summary: 'Svaret som zip / the answer as zip',
      description:
        'PDF och HTML i delar om högst 2 000 anteckningar, JSON, ActivityStreams 2.0, bevis mot loggens kontrollpunkt och en förteckning med SHA-256. Samma ärende och samma beslut ger samma byte. / PDF and HTML in parts of at most 2,000 records, JSON, ActivityStreams 2.0, proofs against the checkpoint of the log, and a manifest with SHA-256. Same case and decisions, same bytes.',
      body: { schema: PackageRequest, example: { purpose: purposeExample, language: 'sv' } },
      responses: { 200: zip },
    }),
    async (request, reply) => {
      const { controller, id } = request.params
      const { log, file, actor } = await admit(ledger, request, controller, id)
      const { purpose, language = file.language } = request.body
      const answer = await compileCase(ledger, log, { actor, purpose }, id, language)
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="registerutdrag-${id}.zip"`)
        .send(zipOf(filesOf(ledger, log, answer)))
    },
  )

  app.post(
    `${path}/hand-outs`,
    operation({
      ...write,
      id: 'handOutAnswer',
      summary: 'Lämna ut svaret / hand the answer out',
      description:
        'Antecknar till vem, hur och vilka byte; över länk lämnas en adress som fungerar en gång till dess den går ut. Ärendet ska vara beslutat. / Records to whom, how and which bytes; for a download, an address that works once until it expires. The case has to be decided.',
      body: {
        schema: HandOutRequest,
        example: { purpose: purposeExample, how: 'download', to: 'Den registrerade', validHours: 168 },
      },
      responses: {
        201: {
          description: 'Utlämnat / handed out',
          schema: HandOut,
          example: handOutExample,
          headers: { Location: 'länken, annars ärendet / the link, else the case' },
        },
      },
    }),
    async (request, reply) => {
      const { controller, id } = request.params
      const { log, file, actor } = await admit(ledger, request, controller, id)
      const { language = file.language, ...body } = request.body
      const { token, ...made } = await handOut(ledger, log, actor, id, { ...body, language })
      const base = request.url.slice(0, request.url.indexOf('/access-cases/'))
      const link = token === undefined ? undefined : `${base}/access-downloads/${token}`
      reply.code(201).header('location', link ?? `${base}/access-cases/${id}`)
      return { ...made, ...(link === undefined ? {} : { link }) }
    },
  )

  const download = '/controllers/:controller/access-downloads/:token'
  const open = { tag: 'access', params: tokenParams, scope: 'public' } as const

  app.get(
    download,
    operation({
      ...open,
      id: 'showDownload',
      summary: 'Sidan bakom en länk / the page behind a link',
      description:
        'En knapp, så att ett e-postfilter som öppnar länken inte förbrukar den. / A button, so that a mail filter which opens the link does not use it up.',
      responses: {
        200: { description: 'Sidan / the page', mediaType: 'text/html', example: '<!doctype html>…' },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const { language } = await linkOf(ledger, log, request.params.token)
      return reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(fetchPage(language))
    },
  )

  app.register(async (own) => {
    // What a form without fields posts: nothing.
    own.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
      payload.resume()
      done(null)
    })
    own.post(
      download,
      operation({
        ...open,
        id: 'fetchDownload',
        summary: 'Hämta paketet, en gång / fetch the package, once',
        description:
          'Länken är förbrukad innan den första byten skickas. / The link is used up before the first byte is sent.',
        responses: { 200: zip },
      }),
      async (request, reply) => {
        const { token } = request.params as z.infer<typeof tokenParams>
        const { controller } = request.params as z.infer<typeof tokenParams>
        const stream = await fetchOnce(ledger, await logOf(ledger, controller), token)
        return reply
          .type('application/zip')
          .header('cache-control', 'no-store')
          .header('content-disposition', 'attachment; filename="registerutdrag.zip"')
          .send(stream)
      },
    )
  })
}
