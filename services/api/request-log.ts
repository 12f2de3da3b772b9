import type { FastifyInstance } from 'fastify'
import type { Logger } from '../platform/log.ts'
import { remoteSpanOf } from './traceparent.ts'

/** The route's pattern, never the URL: a path or query can carry what somebody typed. */
export function routeOf(request: { readonly routeOptions: { readonly url?: string | undefined } }): string {
  return request.routeOptions.url ?? 'unmatched'
}

/** One line for each answered request; no address, no header, no URL. Echoes a valid `traceparent`. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.decorateRequest('traceId', null)
  app.decorateRequest('remoteSpan', null)
  app.addHook('onRequest', (request, reply, done) => {
    const header = request.headers['traceparent']
    if (header !== undefined) {
      request.remoteSpan = remoteSpanOf(header)
      if (request.remoteSpan !== null) reply.header('traceparent', header)
    }
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    logger.info({
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      requestId: request.id,
      traceId: request.traceId ?? undefined,
    })
    done()
  })
}
