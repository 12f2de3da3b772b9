import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { negotiate } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { publicChannels } from './public-list.ts'
import { channelsPage } from './public-page.ts'
import { channelsExample, PublicChannels, PublicParams, PublicQuery } from './public-schemas.ts'

export const publicHeaders = {
  Accept: { description: 'application/json, text/html', example: 'text/html' },
  'If-None-Match': { description: 'ETag från förra svaret / of the answer before', example: '"abc"' },
} as const
export const cachedHeaders = {
  ETag: 'innehållets märke / tag of the content',
  'Cache-Control': 'public',
} as const
export const notModified = { description: 'Oförändrat / not modified' } as const

/** Seconds that anybody may keep a public answer before asking again. */
const maxAgeSeconds = 300

/**
 * Answers a public operation: cached by whoever asks, with a tag of its content, so that asking again costs nothing when
 * nothing has changed (RFC 9110 § 13.1.2). `body` is what is sent, byte for byte.
 */
export function sendPublic(
  request: FastifyRequest,
  reply: FastifyReply,
  type: 'application/json' | 'text/html',
  body: string,
): FastifyReply {
  const tag = `"${hash('sha256', body, 'base64url').slice(0, 27)}"`
  reply
    .header('cache-control', `public, max-age=${maxAgeSeconds}`)
    .header('etag', tag)
    .header('vary', 'Accept')
  const known = request.headers['if-none-match']?.split(',').map((it) => it.trim().replace(/^W\//, ''))
  if (known?.some((it) => it === tag || it === '*') === true) return reply.code(304).send()
  return reply
    .type(`${type}; charset=utf-8`)
    .serializer(String)
    .send(body as never)
}

/** What anybody may see, without a token: the controller's accounts and what it answers for on them. */
export function publicChannelRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/public/channels',
    operation({
      id: 'listPublicChannels',
      tag: 'public',
      scope: 'public',
      summary: 'Kanaler med information enligt artikel 13 och 14 / channels with information',
      description:
        'Den offentliga listan över myndighetens konton, som JSON eller som sida på svenska eller engelska. / The public list of the authority’s accounts, as JSON or as a page in Swedish or English.',
      params: PublicParams,
      query: PublicQuery,
      headers: publicHeaders,
      responses: {
        200: {
          description: 'Listan / the list',
          schema: PublicChannels,
          example: channelsExample,
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
      const list = await publicChannels(ledger, log)
      const path = `${app.prefix}/controllers/${log.slug}/public/channels`
      const body =
        type === 'application/json'
          ? JSON.stringify(list)
          : await channelsPage(list, request.query.language, path)
      return sendPublic(request, reply, type, body)
    },
  )
}
