import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import { buildApp } from '../../services/api/app.ts'
import { openAuth } from '../../services/api/auth.ts'
import type { TokenRequest } from '../../services/api/local-issuer.ts'
import { interactionRoutes } from '../../services/interactions/routes.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Ledger, type Log, openLedger } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import { type FixedClock, fixedClock } from '../support/clock.ts'
import { freshDatabases, type TestDatabases } from '../support/database.ts'

export type House = {
  readonly app: FastifyInstance
  readonly databases: TestDatabases
  readonly ledger: Ledger
  readonly clock: FixedClock
  /** Two controllers' logs, each with a channel. */
  readonly log: Log
  readonly channel: string
  readonly other: { readonly log: Log; readonly channel: string }
  /** Everything the app has logged. */
  readonly logged: string[]
  readonly token: (request?: Partial<TokenRequest>) => Promise<string>
  readonly declare: (log: Log) => Promise<string>
  /** Sends as a client that may do everything for both controllers. */
  readonly send: (path: string, body: unknown, more?: InjectOptions) => Promise<LightMyRequestResponse>
  readonly get: (path: string) => Promise<LightMyRequestResponse>
}

const issuer = 'https://issuer.example.org'
const json = 'application/json'

/** The whole way for a test file: databases, ledger, HTTP app. There from its first `beforeAll`. */
export function openHouse(): House {
  let house: House | undefined
  beforeAll(async () => {
    house = await build()
  })
  afterAll(async () => {
    await house?.app.close()
    await house?.ledger.drain()
    await house?.databases.close()
  })
  return new Proxy({} as House, {
    get: (_, name) => {
      if (house === undefined) throw new Error('the house stands from beforeAll on')
      return house[name as keyof House]
    },
  })
}

async function build(): Promise<House> {
  const databases = await freshDatabases()
  const clock = fixedClock('2026-03-05T10:00:00Z')
  createKeyFile(databases.config.keyFile)
  const ledger = await openLedger({
    pool: databases.ledger('api'),
    keyringPool: databases.keyring(),
    provider: openKeyFile(databases.config.keyFile),
    clock,
  })
  const keyPath = join(databases.folder, 'issuer.jwk.json')
  const { verifyToken, localIssuer } = await openAuth(
    { kind: 'local', issuer, audience: 'liggare', keyPath },
    clock,
  )
  if (localIssuer === undefined) throw new Error('the local issuer is missing')
  const logged: string[] = []
  const app = await buildApp({
    config: {
      bodyLimit: 4_194_304,
      trustProxy: false,
      rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
      maxEventLoopDelayMs: 0,
      docs: false,
    },
    verifyToken,
    logger: createLogger({
      level: 'trace',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    clock,
    metrics: new Registry(),
    checks: {},
    modules: [interactionRoutes],
    deps: { ledger },
  })
  const declare = async (log: Log) => {
    const document = {
      platform: 'facebook',
      name: 'Kommunens sida',
      openedOn: '2010-02-01',
      publicList: true,
    }
    const actor = { name: 'client-17' }
    return (await recordCommand(ledger, log, { type: 'channel.declared', actor, data: { document } }))
      .streamId
  }
  const found = async (slug: string) => {
    const log = await ledger.create(slug)
    if (log === undefined) throw new Error('the slug is taken')
    return { log, channel: await declare(log) }
  }
  const own = await found('kommunstyrelsen')
  const other = await found('miljonamnden')
  const token: House['token'] = (request = {}) =>
    localIssuer.mint({
      subject: 'client-17',
      scopes: ['interactions:write', 'interactions:read'],
      controllers: ['kommunstyrelsen', 'miljonamnden'],
      issuedAt: clock.now(),
      expiresInSeconds: 3600,
      ...request,
    })
  const authorization = `Bearer ${await token()}`
  const base = '/liggare/v1/controllers/'
  return {
    app,
    databases,
    ledger,
    clock,
    ...own,
    other,
    logged,
    token,
    declare,
    send: (path, body, more = {}) =>
      app.inject({
        method: 'POST',
        url: base + path,
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        ...more,
        headers: { authorization, 'content-type': json, ...more.headers },
      }),
    get: (path) => app.inject({ url: base + path, headers: { authorization } }),
  }
}

let made = 0
/** An interaction that no other is: a comment by an invented person. */
export function comment(channel: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  made += 1
  return {
    channel,
    objectId: `101_${made}`,
    verb: 'commented',
    occurredAt: '2026-03-05T10:15:00+01:00',
    persons: [{ role: 'author', platformId: `p${made % 50}`, displayName: 'Exempel Exempelsson' }],
    text: `Hej nummer ${made}`,
    inReplyTo: '101',
    ...more,
  }
}
