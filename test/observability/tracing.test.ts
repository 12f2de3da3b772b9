import {
  type Attributes,
  type Context,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  trace,
} from '@opentelemetry/api'
import { fastify } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { logRequests } from '../../services/api/request-log.ts'
import { traceRequests } from '../../services/api/tracing.ts'
import { createLogger } from '../../services/platform/log.ts'

// A span for each request, with an SDK in the process and a caller that has one too.

type Recorded = {
  name: string
  parent: SpanContext | undefined
  attributes: Attributes
  status?: SpanStatus
  ended: boolean
}

const spans: Recorded[] = []
const log: string[] = []
const ownTrace = 'c'.repeat(32)
const caller = '4bf92f3577b34da6a3ce929d0e0e4736'

/** As an SDK does: a span takes the trace of its parent, or begins one. */
const recording = {
  getTracer: () => ({
    startSpan: (name: string, options: SpanOptions, parent: Context) => {
      const above = trace.getSpanContext(parent)
      const span: Recorded = { name, parent: above, attributes: { ...options.attributes }, ended: false }
      spans.push(span)
      return {
        spanContext: () => ({ traceId: above?.traceId ?? ownTrace, spanId: 'd'.repeat(16), traceFlags: 1 }),
        setAttribute: (key: string, value: string | number) => {
          span.attributes[key] = value
        },
        setStatus: (status: SpanStatus) => {
          span.status = status
        },
        end: () => {
          span.ended = true
        },
      }
    },
  }),
}

const app = fastify()
beforeAll(async () => {
  trace.setGlobalTracerProvider(recording as never)
  logRequests(app, createLogger({ level: 'info', destination: { write: (line: string) => log.push(line) } }))
  traceRequests(app)
  app.get('/persons/:name', async () => 'ok')
  app.get('/faults', async () => {
    throw new Error('fault')
  })
  await app.ready()
})
afterAll(async () => {
  trace.disable()
  await app.close()
})
beforeEach(() => {
  spans.length = 0
  log.length = 0
})

it('continues the trace of the caller, and the log line bears its id', async () => {
  const headers = { traceparent: `00-${caller}-00f067aa0ba902b7-01` }
  await app.inject({ url: '/persons/exempla', headers })
  expect(spans[0]?.parent).toMatchObject({
    traceId: caller,
    spanId: '00f067aa0ba902b7',
    traceFlags: 1,
    isRemote: true,
  })
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ traceId: caller })
})

it('begins a trace where the caller has none, or a broken one', async () => {
  await app.inject({ url: '/persons/exempla', headers: { traceparent: 'Exempelsson' } })
  expect(spans[0]?.parent).toBeUndefined()
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ traceId: ownTrace })
})

it('tells the route pattern and the status, and nothing that somebody typed', async () => {
  await app.inject({ url: '/persons/exempla-exempelsson?q=exempla', headers: { 'user-agent': 'exempla/1' } })
  expect(spans[0]).toMatchObject({ name: 'GET /persons/:name', ended: true })
  expect(spans[0]?.attributes).toMatchObject({
    'http.route': '/persons/:name',
    'http.response.status_code': 200,
  })
  expect(JSON.stringify(spans)).not.toMatch(/exempel|exempla/)
})

it('marks a fault of ours, without its text', async () => {
  await app.inject({ url: '/faults' })
  expect(spans[0]?.status).toEqual({ code: 2 })
})
