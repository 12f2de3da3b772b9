import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import { routeOf } from './request-log.ts'
import type { RemoteSpan } from './traceparent.ts'

/**
 * A span for each request, as a child of the caller's. It carries method, route pattern, status and request id: never an
 * address, a URL, a header or a body. Without an OpenTelemetry SDK in the process it costs next to nothing and goes nowhere.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('liggare')
  app.decorateRequest('span', null)
  app.addHook('onRequest', (request, _reply, done) => {
    const { remoteSpan } = request
    const parent =
      remoteSpan === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, contextOf(remoteSpan))
    const attributes = {
      'http.request.method': request.method,
      'http.route': routeOf(request),
      'liggare.request_id': request.id,
    }
    const name = `${request.method} ${routeOf(request)}`
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent)
    request.span = span
    request.traceId = traceIdOfSpan(span)
    // Whatever an SDK's instrumentation makes on the way (a query, an outgoing request) becomes a child of this span.
    context.with(trace.setSpan(parent, span), done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    request.span?.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500) request.span?.setStatus({ code: SpanStatusCode.ERROR })
    request.span?.end()
    done()
  })
}

function contextOf({ traceId, spanId, flags }: RemoteSpan) {
  return { traceId, spanId, traceFlags: flags, isRemote: true }
}

function traceIdOfSpan(span: Span): string | null {
  const own = span.spanContext()
  return isSpanContextValid(own) ? own.traceId : null
}
