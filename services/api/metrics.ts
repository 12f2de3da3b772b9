import type { FastifyInstance } from 'fastify'
import { Histogram, type Registry } from 'prom-client'
import { routeOf } from './request-log.ts'

/** Seconds per request by route pattern: labels come from our own routes only, so their number is bounded. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const name = 'liggare_http_request_duration_seconds'
  registry.removeSingleMetric(name)
  const duration = new Histogram({
    name,
    help: 'Time to answer a request, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  const series = new Map<string, { observe: (seconds: number) => void }>()
  app.addHook('onResponse', (request, reply, done) => {
    const key = `${request.method} ${reply.statusCode} ${routeOf(request)}`
    let one = series.get(key)
    if (one === undefined) {
      one = duration.labels(request.method, routeOf(request), String(reply.statusCode))
      series.set(key, one)
    }
    one.observe(reply.elapsedTime / 1000)
    done()
  })
}
