import { actorOf } from '../api/auth.ts'
import { etagOf, requiredVersion } from '../api/etag.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { declare } from '../declarations/declare.ts'
import { activityKind, channelKind, type Kind } from '../declarations/kinds.ts'
import { declaredVersions } from '../declarations/queries.ts'
import { ifMatch } from '../declarations/routes.ts'
import {
  DeclaredParams,
  declaredExample,
  declaredSchema,
  documentDigest,
  exampleOf,
} from '../declarations/schemas.ts'
import { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { differenceExample } from './example.ts'
import { DeclarationPreview, previewDeclaration } from './preview.ts'
import type { ReadRetention } from './read.ts'

const Retired = declaredSchema('RetiredActivity', ProcessingActivity)
const example = exampleOf(ProcessingActivity)

/** What changing an activity or a channel would mean, and ending an activity. */
export function previewRoutes(app: Api, ledger: Ledger, readRetention: ReadRetention): void {
  previewRoute(app, ledger, readRetention, 'activities', 'Activity', activityKind)
  previewRoute(app, ledger, readRetention, 'channels', 'Channel', channelKind)

  app.delete(
    '/controllers/:controller/activities/:id',
    operation({
      id: 'retireActivity',
      tag: 'register',
      summary: 'Avsluta en behandling / Retire a processing activity',
      description:
        'En ny version med status retired; ingenting raderas. Nekas så länge handlingar eller regler hör till den. / A new version with the status retired; nothing is erased. Refused while records or rules belong to it.',
      scope: 'register:write',
      params: DeclaredParams,
      headers: ifMatch,
      responses: {
        200: {
          description: 'Avslutad / retired',
          schema: Retired,
          example: declaredExample(example),
          headers: { ETag: 'version' },
        },
      },
      problems: [409, 428],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const expected = requiredVersion(request)
      const { id } = request.params
      const [versions] = await reading(ledger, log, (tx) =>
        declaredVersions(tx, log.controller, 'activity', { id }),
      )
      const document = versions?.at(-1)?.document
      if (document === undefined) throw new DomainError('not-found', 'there is no such activity')
      const retired = await declare(ledger, log, activityKind, {
        id,
        ...(expected === 'any' ? {} : { expectedVersion: expected }),
        document: ProcessingActivity.parse({ ...document, status: 'retired' }),
        actor: { name: actorOf(request).id },
      })
      return reply.header('etag', etagOf(retired.version)).send({
        ...retired,
        sealed: false,
        digest: documentDigest(retired.document),
        document: ProcessingActivity.parse(retired.document),
      })
    },
  )
}

function previewRoute<T extends ProcessingActivity | ChannelDeclaration>(
  app: Api,
  ledger: Ledger,
  readRetention: ReadRetention,
  path: 'activities' | 'channels',
  id: 'Activity' | 'Channel',
  kind: Kind<T>,
): void {
  app.post(
    `/controllers/:controller/${path}/:id/preview`,
    operation({
      id: `preview${id}`,
      tag: path === 'channels' ? 'channels' : 'register',
      summary: 'Vad en ändring skulle innebära / What a change would mean',
      description:
        'Registret före och efter, utan att något antecknas; nekas som ändringen själv skulle nekas. / The register before and after, with nothing recorded; refused as the change itself would be.',
      scope: 'register:read',
      params: DeclaredParams,
      body: { schema: kind.schema, example: exampleOf(kind.schema) },
      responses: {
        200: {
          description: 'Skillnaden / the difference',
          schema: DeclarationPreview,
          example: { difference: differenceExample, records: 17, follows: { sv: [], en: [] } },
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return previewDeclaration(ledger, log, kind, request.params.id, request.body as T, readRetention)
    },
  )
}
