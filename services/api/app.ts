import underPressure from '@fastify/under-pressure'
import { type FastifyInstance, fastify, LogController } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { uuidv7 } from '../platform/ids.ts'
import { guardOperations } from './auth.ts'
import { serveDocs } from './docs.ts'
import { answerErrors, clientErrorOf, sendProblem } from './error-handler.ts'
import { hardenAnswers } from './hardening.ts'
import { HttpError } from './http-error.ts'
import { parseJson } from './json-body.ts'
import { createLimiter } from './limits.ts'
import { measureRequests } from './metrics.ts'
import { collectOperations, documentOf } from './openapi.ts'
import { problemMediaType, problemOf } from './problem.ts'
import { logRequests } from './request-log.ts'
import { addSystemRoutes } from './system-routes.ts'
import { traceRequests } from './tracing.ts'
import type { Api, AppDeps } from './types.ts'
import { basePath } from './version.ts'
import { validatorCompiler } from './violations.ts'

/** Builds the whole HTTP app and opens nothing: no port, no file, no connection. */
export async function buildApp<D>(deps: AppDeps<D>): Promise<FastifyInstance> {
  const { config, logger } = deps
  const app = bareApp(deps)
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', (_request, _reply, done) => {
    done(closing ? new HttpError('shutting-down', 'The server is shutting down. Try again.') : undefined)
  })
  logRequests(app, logger)
  traceRequests(app)
  measureRequests(app, deps.metrics)
  answerErrors(app, logger)
  hardenAnswers(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, parseJson(body as Buffer)),
  )

  addSystemRoutes(app, deps)
  const operations = collectOperations(app)
  app.decorate('operations', operations)
  if (config.docs) await serveDocs(app, () => documentOf(operations))
  const limiter = await createLimiter(app, config.rateLimits)
  await app.register(
    async (scope) => {
      if (config.maxEventLoopDelayMs > 0) {
        await scope.register(underPressure, { maxEventLoopDelay: config.maxEventLoopDelayMs, retryAfter: 2 })
      }
      guardOperations(scope, deps.verifyToken, limiter)
      const api: Api = scope.withTypeProvider()
      // Each module in a context of its own: its hooks and content-type parsers are nobody else's.
      for (const module of deps.modules) await api.register(async (own) => module(own as Api, deps.deps))
    },
    { prefix: basePath },
  )
  await app.ready()
  return app
}

function bareApp<D>(deps: AppDeps<D>): FastifyInstance {
  const { config, logger } = deps
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger for each request is not needed: our lines name the request themselves.
    childLoggerFactory: (parent) => parent,
    bodyLimit: config.bodyLimit,
    trustProxy: config.trustProxy,
    genReqId: () => uuidv7(),
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply, logger),
    clientErrorHandler: (error, socket) => {
      const { status, body } = problemOf(clientErrorOf(error.code), uuidv7(), 'sv')
      const text = JSON.stringify(body)
      if (socket.writable && error.code !== 'ECONNRESET') {
        const head = `HTTP/1.1 ${status} ${body.code}\r\nContent-Type: ${problemMediaType}\r\nConnection: close`
        socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
      }
      socket.destroy(error)
    },
    // A duplicated query parameter would arrive as a list; zod decides whether that fits.
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  return app as unknown as FastifyInstance
}
