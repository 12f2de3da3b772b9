import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Databases, openDatabases, roleUrl } from '../../services/db/open.ts'
import { loadConfig } from '../../services/platform/config.ts'
import { createLogger } from '../../services/platform/log.ts'
import { type NetworkProxy, networkProxy } from '../support/proxy.ts'
import { testPassword } from '../support/template.ts'
import { someController, someFacebookPage } from './server-process.ts'
import { type Client, type WholeApp, wholeApp } from './whole-app.ts'

// G1 when the network between the api and its databases fails: 503 with Retry-After within seconds, nothing acknowledged
// is lost, /ready tells the truth, and everything goes on by itself.

let house: WholeApp
let proxied: Databases
let network: { ledger: NetworkProxy; keyring: NetworkProxy }
let client: Client
let channel: string
/** The configured patience, and what an answer may take: two batches' worth and some for a busy machine. */
const patience = 2
const atMost = 10_000

beforeAll(async () => {
  house = await wholeApp(async (databases) => {
    const through = async (kind: 'ledger' | 'keyring', role: string) => {
      const direct = new URL(databases.url(kind))
      const proxy = await networkProxy(Number(direct.port), direct.hostname)
      direct.host = `127.0.0.1:${proxy.port}`
      return { proxy, url: roleUrl(direct.href, role, testPassword) }
    }
    const ledger = await through('ledger', 'liggare_api')
    const keyring = await through('keyring', 'liggare_keyring')
    network = { ledger: ledger.proxy, keyring: keyring.proxy }
    const config = loadConfig({
      DATABASE_API_URL: ledger.url,
      KEYRING_ROLE_URL: keyring.url,
      LIGGARE_DATABASE_SECONDS: String(patience),
    })
    proxied = await openDatabases(config, {
      passwordFor: testPassword,
      log: createLogger({ level: 'silent' }),
    })
    return { ledger: proxied.ledger('api'), keyring: proxied.keyring() }
  })
  client = await house.client(['*'])
  expect((await client('POST', '/controllers', someController)).statusCode).toBe(201)
  const made = await client('POST', '/controllers/kommunstyrelsen/channels', someFacebookPage)
  expect(made.statusCode).toBe(201)
  channel = made.json().id
})
afterEach(() => {
  network.ledger.heal()
  network.keyring.heal()
})
afterAll(async () => {
  await house.app.close()
  await proxied.close()
  await Promise.all([network.ledger.close(), network.keyring.close()])
  await house.close()
})

const interactions = '/controllers/kommunstyrelsen/interactions'
const send = (objectId: string, by = client) =>
  by('POST', interactions, {
    channel,
    objectId,
    verb: 'commented',
    occurredAt: '2026-03-04T10:15:00+01:00',
    persons: [{ role: 'author', platformId: '17' }],
    text: 'Hej!',
  })
/** As a client does: sends the same again for as long as it is told to come back. */
async function untilSettled(objectId: string): Promise<Awaited<ReturnType<Client>>> {
  for (let left = 20; ; left -= 1) {
    const answer = await send(objectId)
    if (answer.statusCode !== 503 || left === 0) return answer
  }
}

const many = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`)

/** Opens as many connections as there can be, so that what fails has old ones to stumble over. */
async function warm(): Promise<void> {
  const pools = [house.ledger.pool, house.ledger.keyring.pool]
  for (const pool of pools) {
    const all = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
    for (const one of all) one.release()
  }
}

async function ready() {
  const answer = await house.app.inject({ url: '/ready' })
  return { status: answer.statusCode, failed: answer.json().failed as string[] }
}

/** What has failed works again without anybody's help: at once, or after what the client is told to wait. */
async function heals(objectId: string): Promise<void> {
  await expect.poll(async () => (await send(objectId)).statusCode, { timeout: atMost }).toBe(201)
  expect((await send(objectId)).statusCode).toBe(200)
  expect(await ready()).toEqual({ status: 200, failed: [] })
}

it('stores over a slow network', async () => {
  network.ledger.delay(50)
  network.keyring.delay(50)
  expect((await send('slow')).statusCode).toBe(201)
})

const failures = (['ledger', 'keyring'] as const).flatMap((database) =>
  (['cut', 'swallow'] as const).map((how) => [database, how] as const),
)

it.each(failures)(
  'with the %s gone by %s says 503 within seconds, and goes on by itself',
  async (database, how) => {
    await warm()
    network[database][how]()
    for (const attempt of ['first', 'second']) {
      const began = performance.now()
      const answers = await Promise.all(many(`${database}-${how}-${attempt}`, 40).map((id) => send(id)))
      expect(performance.now() - began).toBeLessThan(atMost)
      for (const answer of answers) {
        expect([answer.statusCode, answer.json().code]).toEqual([503, 'log-unavailable'])
        expect(answer.headers['retry-after']).toBe('5')
        expect(answer.body).not.toMatch(/ECONN|timeout|node_modules|at .*\(/)
      }
    }
    const began = performance.now()
    expect(await ready()).toMatchObject({ status: 503, failed: expect.arrayContaining([database]) })
    expect(performance.now() - began).toBeLessThan(atMost)
    network[database].heal()
    await heals(`${database}-${how}`)
  },
)

it.each(['cut', 'swallow'] as const)(
  'keeps everybody who waits in the queue no longer when it is %s',
  async (how) => {
    await warm()
    const all = many(`queue-${how}`, 1500).map((id) => send(id))
    await Promise.race(all)
    network.ledger[how]()
    const began = performance.now()
    const answers = await Promise.all(all)
    expect(performance.now() - began).toBeLessThan(atMost)
    expect(new Set(answers.map((it) => it.statusCode))).toEqual(new Set([201, 503]))
    network.ledger.heal()
    await heals(`after-queue-${how}`)
    // What was acknowledged is the same event when sent again; what was not is stored exactly once.
    const again: Awaited<ReturnType<Client>>[] = []
    const ids = many(`queue-${how}`, 1500)
    for (let at = 0; at < ids.length; at += 50)
      again.push(...(await Promise.all(ids.slice(at, at + 50).map(untilSettled))))
    for (const [index, answer] of answers.entries()) {
      if (answer.statusCode !== 201) continue
      expect(again[index]?.statusCode).toBe(200)
      expect(again[index]?.json()).toMatchObject({ id: answer.json().id, position: answer.json().position })
    }
    expect(new Set(again.map((it) => it.json().position)).size).toBe(1500)
  },
)

it('reads what is not sealed while the keyring is away', async () => {
  network.keyring.cut()
  expect((await client('GET', interactions)).statusCode).toBe(200)
  const opening = { positions: ['2'], purpose: 'Granskning' }
  expect((await client('POST', `${interactions}/read`, opening)).statusCode).toBe(503)
})

it('answers a reader 503 within seconds when the ledger swallows everything', async () => {
  await warm()
  network.ledger.swallow()
  const began = performance.now()
  const answer = await client('GET', interactions)
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(performance.now() - began).toBeLessThan(atMost)
})

it('answers 503 while every connection is taken, and goes on when one is free', async () => {
  const { pool } = house.ledger
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  const began = performance.now()
  expect((await send('exhausted')).statusCode).toBe(503)
  expect((await client('GET', interactions)).statusCode).toBe(503)
  expect(performance.now() - began).toBeLessThan(atMost)
  expect(await ready()).toMatchObject({ status: 503, failed: expect.arrayContaining(['ledger']) })
  for (const one of taken) one.release()
  await heals('exhausted')
})

it('stores on when the clock jumps an hour ahead and two back, and recorded time never goes back', async () => {
  const times: string[] = []
  for (const [n, hours] of [0, 1, -2, 1].entries()) {
    house.clock.advance({ seconds: hours * 3_600 })
    const now = await house.client(['*'])
    const answer = await send(`clock-${n}`, now)
    expect(answer.statusCode).toBe(201)
    times.push(answer.json().recordedAt)
    expect((await ready()).status).toBe(200)
  }
  expect(times).toEqual(times.toSorted())
})
