import type { Readable } from 'node:stream'
import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { HttpError } from '../api/http-error.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { basePath } from '../api/version.ts'
import { currentDeclaration } from '../declarations/queries.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { ImportJobs, ImportStatus } from './jobs.ts'
import { ImportAnswer, ImportParams, ImportQuery, importExample } from './schemas.ts'
import { storeUpload } from './uploads.ts'

export type ImportDeps = { readonly ledger: Ledger; readonly jobs: ImportJobs }

/** Larger than any platform makes a part of its download. */
const maxUpload = 64 * 1024 ** 3
const mediaType = 'application/octet-stream'
const tag = 'imports'
const found = { description: 'Läget / how it stands', schema: ImportAnswer, example: importExample }

/** Downloads of platforms as jobs: sent, followed, cancelled. */
export function importRoutes(app: Api, { ledger, jobs }: ImportDeps): void {
  app.removeAllContentTypeParsers()
  // The stream itself is the body: it goes to disk as it comes.
  app.addContentTypeParser(mediaType, (_request, payload, done) => done(null, payload))

  app.post(
    '/controllers/:controller/imports',
    {
      ...operation({
        id: 'startImport',
        tag,
        summary: 'Läs in en plattforms nedladdning / import the download of a platform',
        description:
          'Filen som plattformen gav den (zip, tar.gz, WXR, JSON, JSONL, CSV). Den läses först hel och sparas sedan; är den trasig eller hör till ett annat konto sparas inget av den. Samma fil igen är samma inläsning och fullbordar den. Filen tas bort efteråt. / The file as the platform gave it. It is read whole before anything of it is kept; a broken one, or one of another account, leaves nothing. The same file again is the same import, and completes it. The file is removed afterwards.',
        scope: 'interactions:write',
        params: ControllerParams,
        query: ImportQuery,
        headers: {
          'Content-Disposition': {
            description: 'Filens namn, förseglas / the name of the file; kept sealed',
            example: 'attachment; filename="x-archive.zip"',
          },
        },
        body: {
          schema: z.custom<Readable>(),
          example: '',
          contents: {
            [mediaType]: {
              schema: z.string().meta({ description: 'Filens bytes / the bytes of the file' }),
              example: '',
            },
          },
        },
        responses: {
          202: {
            ...found,
            description: 'Mottagen; följ den där Location pekar / taken; follow it where Location points',
            headers: { Location: 'Var läget finns / where its state is' },
          },
        },
        problems: [409],
      }),
      bodyLimit: Number.MAX_SAFE_INTEGER,
    },
    async (request, reply) => {
      const { controller } = request.params
      const { channel, format, resume } = request.query
      const log = await logOf(ledger, controller)
      const known = await reading(ledger, log, (tx) =>
        currentDeclaration(tx, log.controller, 'channel', channel),
      )
      if (known === undefined) {
        throw new DomainError('validation-failed', '1 field does not fit', {
          violations: [{ pointer: '/channel', reason: 'is no channel of this controller' }],
        })
      }
      if (request.body === undefined) throw new HttpError('unsupported-media-type', `Send ${mediaType}.`)
      const upload = await storeUpload(request.body, maxUpload)
      if (upload === undefined) throw new HttpError('body-too-large', 'The file is larger than 64 GiB.')
      const id = await jobs.submit({
        log,
        channel,
        fileName: fileNameOf(request.headers['content-disposition']),
        actor: { name: actorOf(request).id },
        upload,
        resume: resume === 'true',
        ...(format === undefined ? {} : { platform: format }),
      })
      reply.header('location', `${basePath}/controllers/${controller}/imports/${id}`)
      return reply.code(202).send(answerOf(await statusAt(jobs, log, id)))
    },
  )

  app.get(
    '/controllers/:controller/imports/:id',
    operation({
      id: 'readImport',
      tag,
      summary: 'Läs hur en inläsning står / read how an import stands',
      description: 'Framsteg medan den pågår, rapporten när den är klar. / Its progress, then its report.',
      scope: 'interactions:write',
      params: ImportParams,
      responses: { 200: found },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return answerOf(await statusAt(jobs, log, request.params.id))
    },
  )

  app.delete(
    '/controllers/:controller/imports/:id',
    operation({
      id: 'cancelImport',
      tag,
      summary: 'Avbryt en inläsning / cancel an import',
      description:
        'Oavsett vilken process som läser in den. Det som redan sparats står kvar. / Whatever process is at it. What has been stored stays: nothing is taken out of the log.',
      scope: 'interactions:write',
      params: ImportParams,
      responses: { 202: { ...found, description: 'Avbryts / is being cancelled' } },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const status = await statusAt(jobs, log, request.params.id)
      if (!(await jobs.cancel(log, status, { name: actorOf(request).id })))
        throw new DomainError('state-conflict', 'The import has ended.')
      return reply.code(202).send(answerOf(await statusAt(jobs, log, status.id)))
    },
  )
}

async function statusAt(jobs: ImportJobs, log: Log, id: string): Promise<ImportStatus> {
  const status = await jobs.status(log, id)
  if (status === undefined) throw new DomainError('not-found', 'there is no such import')
  return status
}

function answerOf({ kinds, ...status }: ImportStatus) {
  const unrecognised =
    kinds === undefined
      ? {}
      : { unrecognised: Object.entries(kinds).map(([kind, items]) => ({ kind, items })) }
  return { ...status, ...unrecognised } as z.infer<typeof ImportAnswer>
}

function fileNameOf(disposition: string | undefined): string {
  const name = /filename="?([^";]{1,255})"?/.exec(disposition ?? '')?.[1]
  return name === undefined ? 'upload' : Buffer.from(name, 'latin1').toString('utf8')
}
