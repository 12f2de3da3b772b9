import { z } from 'zod'
import { HttpError } from '../api/http-error.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { answerChallenge, type Hooks, receive } from './hooks.ts'

/** The longest body that a platform may post. */
const maxBody = 4 * 1024 ** 2

const HookParams = z.strictObject({
  platform: z.string().max(32).meta({ description: 'Plattformen / the platform', example: 'facebook' }),
  channelId: z.uuid().toLowerCase().meta({
    description: 'Kanalens id / id of the channel',
    example: '0198c5a0-0000-7000-8000-000000000001',
  }),
})

const ok = { description: 'Sparat, eller fanns redan / stored, or there already' }
const bodyExample = { object: 'page', entry: [] }

/** What platforms call: no token, the channel's secret instead. */
export function hookRoutes(app: Api, hooks: Hooks): void {
  app.removeAllContentTypeParsers()
  // The bytes as they came are what is signed: nothing may read them before the signature is checked.
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBody }, (_request, body, done) =>
    done(null, body),
  )

  app.get(
    '/hooks/:platform/:channelId',
    operation({
      id: 'answerChallenge',
      tag: 'hooks',
      summary: 'Svara på plattformens kontrollfråga / answer the challenge of a platform',
      description:
        'Frågans parametrar är plattformens egna: hub.challenge (Meta), crc_token (X), challengeCode (LinkedIn). / The parameters are the platform’s own.',
      scope: 'public',
      params: HookParams,
      responses: {
        200: { description: 'Svaret / the answer', mediaType: 'text/plain', example: '1158201444' },
      },
    }),
    async (request, reply) => {
      const { platform, channelId } = request.params
      const answer = await answerChallenge(hooks, platform, channelId, queryOf(request.query))
      return reply.code(answer.status).type(answer.contentType).send(answer.body)
    },
  )

  app.post(
    '/hooks/:platform/:channelId',
    {
      ...operation({
        id: 'receiveDelivery',
        tag: 'hooks',
        summary: 'Ta emot det en plattform sänder / take what a platform posts',
        description:
          'Signaturen prövas mot kropparnas bytes med kanalens hemligheter, före all tolkning. Svaret kommer när allt är säkert sparat; samma sak igen sparas inte igen. / The signature is checked over the bytes of the body with the secrets of the channel, before anything is read. The answer comes when all of it is durable; the same again adds nothing.',
        scope: 'signed',
        params: HookParams,
        body: {
          schema: z.custom<Buffer>(),
          example: bodyExample,
          contents: {
            'application/json': {
              schema: z.record(z.string(), z.unknown()).meta({
                description: 'Plattformens eget format / the format of the platform',
              }),
              example: bodyExample,
            },
          },
        },
        responses: { 200: ok },
      }),
      bodyLimit: maxBody,
    },
    async (request, reply) => {
      const { platform, channelId } = request.params
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value[0] : value,
        ]),
      )
      const isGood = await receive(hooks, platform, channelId, { body, headers })
      if (!isGood)
        throw new HttpError('signature-invalid', 'The signature does not fit the body and the channel.')
      return reply.code(200).send()
    },
  )
}

/** Names and values as the platform wrote them; a name given twice means its first. */
function queryOf(query: unknown): Record<string, string | undefined> {
  const entries = Object.entries(query as Record<string, unknown>)
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const first: unknown = Array.isArray(value) ? value[0] : value
      return [name, typeof first === 'string' ? first : undefined]
    }),
  )
}
