import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { type HttpCode, HttpError } from './http-error.ts'
import { negotiateLanguage } from './negotiate.ts'
import { type ProblemAnswer, problemMediaType, problemOf } from './problem.ts'
import { routeOf } from './request-log.ts'

/** Fastify's own refusals in our words: its messages repeat the URL, the media type or the body. */
const frameworkErrors: Readonly<Record<string, { code: HttpCode; reason: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body-too-large',
    reason: 'The body is larger than this operation takes.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    reason: 'This operation does not take that media type.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'malformed-request',
    reason: 'Content-Length does not fit the body.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'malformed-json', reason: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'malformed-json', reason: 'The body is not JSON (RFC 8259).' },
  FST_ERR_BAD_URL: {
    code: 'malformed-request',
    reason: 'The path is not well-formed percent-encoded UTF-8.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'uri-too-long', reason: 'A part of the path is too long.' },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: { code: 'malformed-request', reason: 'The Content-Type is missing.' },
  FST_UNDER_PRESSURE: { code: 'overloaded', reason: 'The server is overloaded. Try again later.' },
}

/** What Node's HTTP parser refuses before there is a request. */
export function clientErrorOf(code: string | undefined): HttpError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HttpError('headers-too-large', 'The header fields are too large.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new HttpError('request-timeout', 'The request did not arrive in time.')
  return new HttpError('malformed-request', 'This is not well-formed HTTP.')
}

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (cancelled, shutdown), and what system and driver say of a lost server. */
function isDatabaseAway({ code, message }: { code?: unknown; message: string }): boolean {
  if (typeof code === 'string' && awayCodes.test(code)) return true
  return awayMessages.test(message)
}

const awayCodes =
  /^(08...|53...|57014|57P..|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const awayMessages =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client (was closed|has encountered a connection error))/

/** The error as it may be answered: what is unknown but carries a 4xx of the framework stays a 4xx, without its words. */
function ours(error: unknown): unknown {
  if (error instanceof DomainError || error instanceof HttpError || !(error instanceof Error)) return error
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const known =
    typeof code === 'string' && Object.hasOwn(frameworkErrors, code) ? frameworkErrors[code] : undefined
  if (known !== undefined) return new HttpError(known.code, known.reason, { cause: error })
  if (isDatabaseAway(error)) {
    return new DomainError('log-unavailable', 'The database cannot be reached just now. Try again.', {
      cause: error,
    })
  }
  if (statusCode === 503)
    return new HttpError('overloaded', 'The server cannot answer now.', { cause: error })
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new HttpError('malformed-request', 'The request could not be read to its end.', { cause: error })
  }
  return error
}

export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): FastifyReply {
  const answer = problemOf(ours(error), request.id, negotiateLanguage(request.headers['accept-language']))
  if (answer.status >= 500) {
    const level = answer.status === 503 ? 'warn' : 'error'
    logger[level](
      { requestId: request.id, route: routeOf(request), code: answer.body.code, err: error },
      'request failed',
    )
  }
  const challenge = challengeOf(answer, request)
  if (challenge !== undefined) reply.header('www-authenticate', challenge)
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .header('content-type', problemMediaType)
    .header('cache-control', 'no-store')
    .serializer(String)
    .send(JSON.stringify(answer.body))
}

/** RFC 6750 § 3. */
function challengeOf(answer: ProblemAnswer, request: FastifyRequest): string | undefined {
  switch (answer.body.code) {
    case 'token-missing':
      return 'Bearer realm="liggare"'
    case 'token-invalid':
      return 'Bearer realm="liggare", error="invalid_token"'
    case 'scope-missing':
      return `Bearer realm="liggare", error="insufficient_scope", scope="${request.routeOptions.config.operation?.scope ?? ''}"`
    default:
      return undefined
  }
}

/** Every error of the app, thrown or found by the framework, leaves as one problem+json. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const entry = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    for (const verb of [method].flat()) entry.methods.add(verb)
    routes.set(url, entry)
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, logger))
  app.setNotFoundHandler((request, reply) => {
    const path = request.raw.url?.split('?', 1)[0] ?? ''
    const allowed = new Set<string>()
    for (const { pattern, methods } of routes.values()) {
      if (pattern.test(path)) for (const verb of methods) allowed.add(verb)
    }
    if (allowed.size === 0)
      return sendProblem(new DomainError('not-found', 'no such path'), request, reply, logger)
    const allow = [...allowed].sort().join(', ')
    const error = new HttpError('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } })
    return sendProblem(error, request, reply, logger)
  })
}

/** Fastify's patterns as we use them: `:name` for one segment, `*` at the end for any rest. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/')
  return new RegExp(`^${source}$`)
}
