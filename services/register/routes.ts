import { HttpError } from '../api/http-error.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { logOf } from '../declarations/declare.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { registerCsv } from './csv.ts'
import { registerExample } from './example.ts'
import { registerHtml } from './html.ts'
import { type ReadRetention, readRegister } from './read.ts'
import { Register } from './schemas.ts'

const texts = { 'text/csv': registerCsv, 'text/html': registerHtml } as const
const offered = ['application/json', ...Object.keys(texts)] as readonly string[]

/** The best of the offered media types, ours first where the client likes several as much (RFC 9110 § 12.5.1). */
function accepted(header: string | undefined): string {
  if (header === undefined) return 'application/json'
  const ranges = header.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((it) => it.trim().toLowerCase())
    const quality = parameters.find((it) => it.startsWith('q='))
    return { range, quality: quality === undefined ? 1 : Number(quality.slice(2)) }
  })
  const qualityOf = (type: string) => {
    const named = [type, `${type.split('/')[0]}/*`, '*/*'].map((it) =>
      ranges.find(({ range }) => range === it),
    )
    return named.find((it) => it !== undefined)?.quality ?? 0
  }
  const [best] = offered.toSorted((a, b) => qualityOf(b) - qualityOf(a))
  if (best === undefined || !(qualityOf(best) > 0))
    throw new HttpError('not-acceptable', `Offered here: ${offered.join(', ')}.`)
  return best
}

/** `readRetention` comes from whoever knows both services: the register does not know how rules are reckoned. */
export function registerRoutes(readRetention: ReadRetention) {
  return (app: Api, { ledger }: { readonly ledger: Ledger }): void => {
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
        const type = accepted(request.headers.accept)
        const log = await logOf(ledger, request.params.controller)
        const register = await readRegister(ledger, log, localDay(ledger.clock.now()), readRetention)
        reply.header('vary', 'Accept')
        if (type !== 'text/csv' && type !== 'text/html') return reply.send(register)
        return reply
          .type(`${type}; charset=utf-8`)
          .serializer(String)
          .send(texts[type](register) as never)
      },
    )
  }
}
