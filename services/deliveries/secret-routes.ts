import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { currentDeclaration } from '../declarations/queries.ts'
import { DeclaredParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { HookDirectory } from './hook-directory.ts'
import { setSecrets } from './secrets.ts'

const secret = z.string().min(8).max(512).meta({ example: 'hemlighet-0123456789abcdef' })

const HookSecretsRequest = z
  .strictObject({
    secrets: z.array(secret).min(1).max(2).meta({
      description:
        'De som gäller, den nyaste först; två medan den ena ersätter den andra / those in force, the newest first; two while one takes the place of the other',
    }),
    verifyToken: secret.optional().meta({
      description: 'Det Meta upprepar i sin kontrollfråga / what Meta repeats in its challenge',
      example: 'ett-ord-som-bara-vi-vet',
    }),
  })
  .meta({ id: 'HookSecrets' })

const HookSecretsSet = z
  .strictObject({
    secrets: z.int().meta({ description: 'Antal som gäller / how many are in force', example: 1 }),
    position: z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' }),
    recordedAt: z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T09:15:01.000Z' }),
  })
  .meta({ id: 'HookSecretsSet' })

export function secretRoutes(
  app: Api,
  { ledger, directory }: { readonly ledger: Ledger; readonly directory: HookDirectory },
): void {
  app.put(
    '/controllers/:controller/channels/:id/hook-secrets',
    operation({
      id: 'setHookSecrets',
      tag: 'channels',
      summary: 'Sätt kanalens hemligheter / set the secrets of a channel',
      description:
        'Förseglas, och kan inte läsas tillbaka. De som gällde före gäller inte mer. / Kept sealed and never read back. Those before are in force no more (other processes follow within ten seconds).',
      scope: 'register:write',
      params: DeclaredParams,
      body: { schema: HookSecretsRequest, example: { secrets: ['hemlighet-0123456789abcdef'] } },
      responses: {
        200: {
          description: 'Satta / set',
          schema: HookSecretsSet,
          example: { secrets: 1, position: '17', recordedAt: '2026-03-05T09:15:01.000Z' },
        },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const log = await logOf(ledger, controller)
      const channel = await reading(ledger, log, (tx) =>
        currentDeclaration(tx, log.controller, 'channel', id),
      )
      if (channel === undefined) throw new DomainError('not-found', `there is no channel ${id}`)
      const set = await setSecrets(ledger, log, id, request.body, { name: actorOf(request).id })
      directory.forget(id)
      return {
        secrets: request.body.secrets.length,
        position: set.position,
        recordedAt: set.recordedAt.toISOString(),
      }
    },
  )
}
