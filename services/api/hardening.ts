import type { FastifyInstance } from 'fastify'

/**
 * What OWASP asks of the answers of a REST API. Constant, because helmet composes its headers anew for each request;
 * helmet itself guards the pages of `/docs`. Answers are about persons unless a route says otherwise: not stored.
 */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

export function hardenAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}
