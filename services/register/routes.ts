import { z } from 'zod'
import { negotiate, negotiateLanguage } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { AsOf, BetweenQuery, momentsOf } from '../declarations/as-of.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { compareRegisters, RegisterDifference } from './difference.ts'
import { differenceExample, registerExample } from './example.ts'
import { formats } from './formats.ts'
import { registerJsonLd } from './jsonld.ts'
import { previewRoutes } from './preview-routes.ts'
import { type ReadRetention, readRegister } from './read.ts'
import { Register } from './schemas.ts'

const RegisterQuery = AsOf.extend({
  language: z
    .enum(['sv', 'en'])
    .optional()
    .meta({ description: 'Annars efter Accept-Language / else by Accept-Language', example: 'sv' }),
})

const byType = new Map(Object.values(formats).map((it) => [it.type, it]))
const [firstType, ...otherTypes] = [...byType.keys()]
const offered = [firstType ?? 'application/json', ...otherTypes] as const

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
          'En rad per behandling: uppgivet bredvid iakttaget ur loggen, med avvikelser. JSON, JSON-LD (DPV 2.3), CSV, XLSX, HTML eller PDF efter Accept. / One row for each activity, declared beside observed from the log, with findings. JSON, JSON-LD (DPV 2.3), CSV, XLSX, HTML or PDF by Accept.',
        scope: 'register:read',
        params: ControllerParams,
        query: RegisterQuery,
        headers: {
          Accept: { description: offered.join(', '), example: 'application/json' },
          'Accept-Language': { description: 'sv, en', example: 'en' },
        },
        responses: {
          200: {
            description: 'Registerförteckningen / the register',
            schema: Register,
            example: registerExample,
            otherTypes,
            otherExamples: { [formats.jsonld.type]: registerJsonLd(registerExample) },
            headers: { 'Content-Language': 'sv, en' },
          },
        },
        problems: [406],
      }),
      async (request, reply) => {
        const type = negotiate(request.headers.accept, offered)
        const { language: asked, ...asOf } = request.query
        const language = asked ?? negotiateLanguage(request.headers['accept-language'])
        const log = await logOf(ledger, request.params.controller)
        const register = await readRegister(ledger, log, asOf, readRetention)
        reply.header('vary', 'Accept, Accept-Language')
        const format = byType.get(type)
        if (format === undefined || type === 'application/json') return reply.send(register)
        const other = new URLSearchParams({
          ...(asOf.validOn === undefined ? {} : { validOn: asOf.validOn }),
          ...(asOf.knownAt === undefined ? {} : { knownAt: asOf.knownAt }),
          language: language === 'sv' ? 'en' : 'sv',
        })
        const body = await format.write(register, language, `?${other}`)
        return reply
          .type(type.startsWith('text/') ? `${type}; charset=utf-8` : type)
          .header('content-language', language)
          .serializer(String)
          .send(body as never)
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
