import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from '../../services/api/app.ts'
import { checkSigning, measureSigning } from '../../services/commands/checkpoint-health.ts'
import { makeCheckpoint, type SignerDeps } from '../../services/ledger/checkpoints.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { logRoutes } from '../../services/ledger/log-routes.ts'
import { openCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { logVerifier, parseVkey } from '../../services/ledger/tree/note-key.ts'
import { verifyProof } from '../../services/ledger/tree/proof.ts'
import { createLogger } from '../../services/platform/log.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let app: FastifyInstance
let signing: SignerDeps
let log: Log
const scopes = new Set(['audit:read' as const])

beforeAll(async () => {
  const { ledger, provider, clock } = await testLedger(databases)
  const metrics = new Registry()
  measureSigning(ledger.pool, metrics)
  log = await newLog(ledger)
  const drafts = Array.from({ length: 300 }, (_, n) => commentDraft(`c-${n}`))
  await ledger.writer(log).append(drafts)
  signing = {
    pool: databases.ledger('worker'),
    provider,
    clock,
    folder: join(databases.folder, 'checkpoints'),
  }
  app = await buildApp({
    config: {
      bodyLimit: 1024,
      trustProxy: false,
      rateLimits: { anonymousPerMinute: 0, clientPerMinute: 0 },
      maxEventLoopDelayMs: 0,
      docs: false,
    },
    // The scopes of tokens are proved in test/api: here a token's text names its controller.
    verifyToken: (token) => ({ id: 'auditor-1', scopes, controllers: new Set([token]) }),
    logger: createLogger({ level: 'silent' }),
    clock,
    metrics,
    checks: { signing: () => checkSigning(ledger.pool) },
    modules: [logRoutes],
    deps: { ledger },
  })
})
afterAll(() => app.close())

const get = (path: string, token = log.slug) =>
  app.inject({
    url: `/liggare/v1/controllers/${log.slug}/log/${path}`,
    headers: { authorization: `Bearer ${token}` },
  })

it('has nothing to show before the first signing', async () => {
  expect((await get('checkpoint')).statusCode).toBe(404)
  expect((await get('tile/0/000')).statusCode).toBe(404)
  expect((await get('proofs/inclusion?position=0')).statusCode).toBe(404)
})

it('gives a stranger what it takes to check an event: key, checkpoint, proof', async () => {
  await makeCheckpoint(signing, log)
  const key = parseVkey((await get('key')).body.trim())
  const checkpoint = await get('checkpoint')
  expect(checkpoint.headers['content-type']).toBe('text/plain; charset=utf-8')
  const opened = openCheckpoint(checkpoint.rawPayload, key.name, [logVerifier(key)]).checkpoint
  expect(opened.size).toBe(300)
  const { entry, proof } = (await get('proofs/inclusion?position=299')).json()
  const policy = { origin: key.name, logKeys: [logVerifier(key)], witnesses: [], quorum: 0 }
  expect(verifyProof(Buffer.from(proof), Buffer.from(entry, 'base64'), policy).index).toBe(299)
  const consistency = (await get('proofs/consistency?from=100')).json()
  expect(consistency).toMatchObject({ from: 100, to: 300, toRoot: opened.root.toString('base64') })
})

it('serves full tiles to be kept for good and partial ones for a while', async () => {
  const full = await get('tile/0/000')
  expect([full.statusCode, full.rawPayload.length]).toEqual([200, 256 * 32])
  expect(full.headers['cache-control']).toContain('immutable')
  const partial = await get('tile/0/001.p/44')
  expect([partial.statusCode, partial.rawPayload.length]).toEqual([200, 44 * 32])
  expect(partial.headers['cache-control']).not.toContain('immutable')
  expect((await get('tile/entries/001.p/44')).rawPayload).toHaveLength(44 * 34)
})

it.each([
  'tile/0/002',
  'tile/0/0',
  'tile/0/x000/000',
  'tile/00/000',
  'tile/0/001.p/0',
  'tile/0/001.p/256',
  'tile/7/000',
  'tile/0/..',
])('answers 404 to %s', async (path) => {
  expect((await get(path)).statusCode).toBe(404)
})

it('says the same of another controller as of none', async () => {
  const [theirs, none] = [await get('checkpoint', 'another'), await get('checkpoint', 'nobody')]
  expect([theirs.statusCode, none.statusCode]).toEqual([404, 404])
  const { instance: _, ...problem } = theirs.json()
  const { instance: __, ...same } = none.json()
  expect(problem).toEqual(same)
})

it('is not ready, and says so to the alarms, while a log could not be signed', async () => {
  expect((await app.inject('/ready')).statusCode).toBe(200)
  const alarm = [log.controller, 'forked', new Date()]
  await databases.ledger('worker').query('select ledger.raise_signing_alarm($1, $2, $3)', alarm)
  const ready = await app.inject('/ready')
  expect([ready.statusCode, ready.json().failed]).toEqual([503, ['signing']])
  expect((await app.inject('/metrics')).body).toContain(
    `liggare_signing_alarm{controller="${log.slug}",reason="forked"} 1`,
  )
})
