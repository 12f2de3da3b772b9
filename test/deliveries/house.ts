import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { afterAll, beforeAll } from 'vitest'
import { buildApp } from '../../services/api/app.ts'
import { openAuth } from '../../services/api/auth.ts'
import { deliveryRoutes } from '../../services/deliveries/routes.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import { type SignatureScheme, sign } from '../../services/sources/signature.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import type { FixedClock } from '../support/clock.ts'
import { freshDatabases, type TestDatabases } from '../support/database.ts'

export type House = {
  readonly app: FastifyInstance
  readonly databases: TestDatabases
  readonly ledger: Ledger
  readonly clock: FixedClock
  readonly log: Log
  readonly logged: string[]
  /** Sends as a client that may do everything for the log's controller. */
  readonly send: (options: InjectOptions) => Promise<LightMyRequestResponse>
  readonly setSecrets: (channel: string, secrets: readonly string[], verifyToken?: string) => Promise<number>
}

const base = '/liggare/v1'
const issuer = 'https://issuer.example.org'

async function openHouse(): Promise<House & { readonly close: () => Promise<void> }> {
  const databases = await freshDatabases()
  const { ledger, clock } = await testLedger(databases)
  const log = await newLog(ledger)
  const keyPath = join(databases.folder, 'issuer.jwk.json')
  const { verifyToken, localIssuer } = await openAuth(
    { kind: 'local', issuer, audience: 'liggare', keyPath },
    clock,
  )
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
    modules: [deliveryRoutes],
    deps: { ledger },
  })
  const token = await localIssuer?.mint({
    subject: 'klient-1',
    scopes: ['interactions:read', 'interactions:write', 'register:write'],
    controllers: [log.slug],
    issuedAt: clock.now(),
    expiresInSeconds: 3600,
  })
  const authorization = `Bearer ${token}`
  const send = (options: InjectOptions) =>
    app.inject({
      ...options,
      url: `${base}/controllers/${log.slug}/${String(options.url)}`,
      headers: { authorization, ...options.headers },
    })
  return {
    app,
    databases,
    ledger,
    clock,
    log,
    logged,
    send,
    setSecrets: async (channel, secrets, verifyToken) => {
      const answer = await send({
        method: 'PUT',
        url: `channels/${channel}/hook-secrets`,
        payload: { secrets, ...(verifyToken === undefined ? {} : { verifyToken }) },
      })
      return answer.statusCode
    },
    close: async () => {
      await app.close()
      await ledger.drain()
      await databases.close()
    },
  }
}

/** The house of a test file, there from its first `beforeAll`. */
export function testHouse(): House {
  let house: Awaited<ReturnType<typeof openHouse>> | undefined
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(async () => house?.close())
  return new Proxy({} as House, {
    get: (_, name) => {
      if (house === undefined) throw new Error('the house stands from beforeAll on')
      return house[name as keyof House]
    },
  })
}

export function hookUrl(platform: string, channel: string): string {
  return `${base}/hooks/${platform}/${channel}`
}

/** A body as the platform posts it, signed. */
export function signedPost(
  house: House,
  platform: string,
  channel: string,
  scheme: SignatureScheme,
  secret: string,
  body: Buffer | string,
) {
  const bytes = Buffer.from(body)
  return house.app.inject({
    method: 'POST',
    url: hookUrl(platform, channel),
    payload: bytes,
    headers: {
      'content-type': 'application/json',
      [scheme.header]: scheme.prefix + sign(scheme, Buffer.from(secret), bytes),
    },
  })
}
