import { negotiate } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { AsOf, BetweenQuery, momentsOf } from '../declarations/as-of.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { registerCsv } from './csv.ts'
import { compareRegisters, RegisterDifference } from './difference.ts'
import { differenceExample, registerExample } from './example.ts'
import { registerHtml } from './html.ts'
import { previewRoutes } from './preview-routes.ts'
import { type ReadRetention, readRegister } from './read.ts'
import { Register } from './schemas.ts'

const texts = { 'text/csv': registerCsv, 'text/html': registerHtml } as const
const offered = ['application/json', 'text/csv', 'text/html'] as const

/** `readRetention` comes from whoever knows both services: the register does not know how rules are reckoned. */
export function registerRoutes(readRetention: ReadRetention) {
  return (app: Api, { ledger }: { readonly ledger: Ledger }): void => {
    previewRoutes(app, ledger, readRetention)
    app.get(
      '/controllers/:controller/register',
      operation({
        id: 'readRegister',
        tag: 'register',
        summary: 'Registerförteckningen / The register of processing',
        description:
          'En rad per behandling: uppgivet bredvid iakttaget ur loggen, med avvikelser. JSON, CSV eller HTML efter Accept. / One row for each activity, declared beside observed from the log, with findings. JSON, CSV or HTML by Accept.',
        scope: 'register:read',
        params: ControllerParams,
        query: AsOf,
        headers: {
          Accept: { description: 'application/json, text/csv, text/html', example: 'application/json' },
        },
        responses: {
          200: {
            description: 'Registerförteckningen / the register',
            schema: Register,
            example: registerExample,
            otherTypes: Object.keys(texts),
          },
        },
        problems: [406],
      }),
      async (request, reply) => {
        const type = negotiate(request.headers.accept, offered)
        const log = await logOf(ledger, request.params.controller)
        const register = await readRegister(ledger, log, request.query, readRetention)
        reply.header('vary', 'Accept')
        if (type === 'application/json') return reply.send(register)
        return reply
          .type(`${type}; charset=utf-8`)
          .serializer(String)
          .send(texts[type](register) as never)
      },
    )

    app.get(
      '/controllers/:controller/register/difference',
      operation({
        id: 'compareRegisters',
        tag: 'register',
        summary: 'Skillnaden mellan två register / The difference between two registers',
        description:
          'Registret som det gällde och var känt vid en tidpunkt mot en annan. / The register as it held and was known at one moment against another.',
        scope: 'register:read',
        params: ControllerParams,
        query: BetweenQuery,
        responses: {
          200: {
            description: 'Skillnaderna / the differences',
            schema: RegisterDifference,
            example: differenceExample,
          },
        },
      }),
      async (request) => {
        const log = await logOf(ledger, request.params.controller)
        const { from, to } = momentsOf(request.query)
        return compareRegisters(
          await readRegister(ledger, log, from, readRetention),
          await readRegister(ledger, log, to, readRetention),
        )
      },
    )
  }
}
