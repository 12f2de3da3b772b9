import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import { buildApp } from '../../services/api/app.ts'
import { openAuth } from '../../services/api/auth.ts'
import type { TokenRequest } from '../../services/api/local-issuer.ts'
import { routeModules } from '../../services/api/routes.ts'
import { scopes } from '../../services/api/scopes.ts'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Ledger, openLedger } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import { type FixedClock, fixedClock } from '../support/clock.ts'
import { type TestDatabases, testDatabases } from '../support/database.ts'

export type Call = {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
export type Answer = { status: number; headers: Record<string, unknown>; body: never; text: string }

/** The whole API on databases of the calling file's own. */
export type TestService = {
  readonly app: FastifyInstance
  readonly ledger: Ledger
  readonly clock: FixedClock
  readonly databases: TestDatabases
  readonly token: (request?: Partial<TokenRequest>) => Promise<string>
  readonly call: (method: NonNullable<InjectOptions['method']>, path: string, call?: Call) => Promise<Answer>
}

export function testService(): TestService {
  const databases = testDatabases()
  const service = { databases, clock: fixedClock() } as { -readonly [K in keyof TestService]: TestService[K] }
  let everything = ''
  beforeAll(async () => {
    const { clock } = service
    createKeyFile(databases.config.keyFile)
    const provider = openKeyFile(databases.config.keyFile)
    service.ledger = await openLedger({
      pool: databases.ledger('api'),
      past: () => databases.ledger('auditor'),
      keyringPool: databases.keyring(),
      provider,
      clock,
    })
    const issuer = 'https://issuer.example.org'
    const keyPath = join(databases.folder, 'issuer.jwk.json')
    const { verifyToken, localIssuer } = await openAuth(
      { kind: 'local', issuer, audience: 'liggare', keyPath },
      clock,
    )
    service.token = async (request = {}) =>
      (await localIssuer?.mint({
        subject: 'client-17',
        scopes: Object.keys(scopes) as TokenRequest['scopes'],
        controllers: ['*'],
        issuedAt: clock.now(),
        expiresInSeconds: 3600,
        ...request,
      })) as string
    everything = await service.token()
    service.app = await buildApp({
      config: {
        bodyLimit: 1_000_000,
        trustProxy: false,
        rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
        maxEventLoopDelayMs: 0,
        docs: false,
      },
      verifyToken,
      logger: createLogger({ level: 'silent' }),
      clock,
      metrics: new Registry(),
      checks: {},
      modules: routeModules,
      deps: { ledger: service.ledger, clock, config: databases.config } as never,
    })
  })
  afterAll(async () => {
    await service.app?.close()
    await service.ledger?.drain()
  })
  service.call = async (method, path, call = {}) => {
    const answer = await service.app.inject({
      method,
      url: `/liggare/v1${path}`,
      headers: { authorization: `Bearer ${call.token ?? everything}`, ...call.headers },
      ...(call.body === undefined ? {} : { payload: call.body as object }),
    })
    const json = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: (json ? answer.json() : undefined) as never,
      text: answer.body,
    }
  }
  return service
}

export const controllerDocument = (slug: string) => ({
  slug,
  name: `Nämnden ${slug}`,
  kommunkod: '9999',
  organisationNumber: '212000-9994',
  contact: { function: 'Registrator', email: 'registrator@example.org' },
  dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
  complaintAuthority: { name: 'Integritetsskyddsmyndigheten' },
})

export const channelDocument = (given: object = {}) => ({
  platform: 'facebook',
  name: 'Kommunens sida',
  accountId: '101',
  controllership: 'ownAndThirdParty',
  legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
  openedOn: '2010-02-01',
  publicList: true,
  ...given,
})

export const activityDocument = (given: object = {}) => ({
  name: 'Kommunikation på sociala medier',
  purposes: [{ term: 'communication' }],
  legalBasis: [{ term: 'publicTask', reference: 'Reglemente KF 2022/14' }],
  status: 'published',
  ...given,
})

export const ruleDocument = (given: object = {}) => ({
  name: 'Kommentarer av ringa betydelse',
  recordType: 'Kommentar på kommunens sida',
  action: 'destroy',
  period: 'P2M',
  start: 'received',
  decision: {
    body: 'Kommunstyrelsen',
    reference: 'KS 2026/117',
    date: '2026-01-15',
    wording: 'Gallras efter två månader.',
  },
  validFrom: '2026-02-01',
  scope: { verbs: ['commented'] },
  ...given,
})
