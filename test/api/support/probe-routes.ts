import { z } from 'zod'
import { actorOf } from '../../../services/api/auth.ts'
import { operation } from '../../../services/api/operation.ts'
import { PageQuery } from '../../../services/api/paging.ts'
import { problemKinds } from '../../../services/api/problem-kinds.ts'
import type { Api } from '../../../services/api/types.ts'
import { Interaction } from '../../../services/events/interaction.ts'
import { DomainError, type ErrorCode } from '../../../services/platform/errors.ts'

const Accepted = z.strictObject({ accepted: z.int().meta({ example: 1 }) }).meta({ id: 'ProbeAccepted' })
const Who = z.strictObject({ actor: z.string() }).meta({ id: 'ProbeWho' })
const words = { tag: 'probe', summary: 'prov / probe', description: 'Ett prov. / A probe.' }
const controller = z.strictObject({
  controller: z.string().meta({ description: 'slug', example: 'kommunstyrelsen' }),
})

const example = {
  channel: '0198c5a0-0000-7000-8000-000000000001',
  objectId: '101_202',
  verb: 'commented',
  occurredAt: '2026-03-05T10:15:00+01:00',
}

/** Routes as a domain service declares them, with nothing behind. */
export function probeRoutes(app: Api): void {
  app.post(
    '/controllers/:controller/interactions',
    operation({
      ...words,
      id: 'probeInteraction',
      scope: 'interactions:write',
      params: controller,
      body: { schema: Interaction, example },
      responses: {
        201: {
          description: 'ok',
          schema: Accepted,
          example: { accepted: 1 },
          headers: { Location: 'var den finns / where it is' },
        },
      },
    }),
    async (request, reply) => {
      if (request.params.controller !== 'kommunstyrelsen')
        throw new DomainError('not-found', 'no controller by that slug')
      return reply.code(201).send({ accepted: request.body.persons.length })
    },
  )
  app.get(
    '/who',
    operation({
      ...words,
      id: 'probeWho',
      scope: 'audit:read',
      query: PageQuery,
      responses: { 200: { description: 'ok', schema: Who, example: { actor: 'x' } } },
    }),
    async (request) => ({ actor: actorOf(request).id }),
  )
  app.get(
    '/failures/:failure',
    operation({
      ...words,
      id: 'probeFailure',
      scope: 'public',
      params: z.strictObject({ failure: z.string() }),
      responses: { 200: { description: 'ok', schema: Who, example: { actor: 'x' } } },
    }),
    async (request) => fail(request.params.failure),
  )
}

function fail(name: string): { actor: string } {
  if (Object.hasOwn(problemKinds, name)) throw new DomainError(name as ErrorCode, 'what can be done about it')
  if (name === 'pressure')
    throw Object.assign(new Error('loop delay'), { code: 'FST_UNDER_PRESSURE', statusCode: 503 })
  if (name === 'wrong-response') return { actor: 17 as unknown as string }
  throw Object.assign(new Error('Exempel Exempelsson 19121212-1212'), {
    detail: 'Key (name)=(Exempel Exempelsson)',
    code: '23505',
  })
}
