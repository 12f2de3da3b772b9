import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declaredOperations } from '../../services/api/contract.ts'
import type { CollectedOperation } from '../../services/api/openapi.ts'
import { routeModules } from '../../services/api/routes.ts'
import { isScope } from '../../services/api/scopes.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { allScopes, type Client, type WholeApp, wholeApp } from './whole-app.ts'

// G9, and least privilege over HTTP: every operation of the contract, whatever is added to it, is tried with every scope
// and with a foreign controller's token. "Not yours" and "not there" are the same answer.

const operations = await declaredOperations(routeModules)
const guarded = operations.filter(({ config }) => isScope(config.scope))
const ofController = guarded.filter(({ path }) => path.startsWith('/controllers/:controller'))
const named = (some: readonly CollectedOperation[]) => some.map((it) => [it.config.id, it] as const)

let house: WholeApp
let everybody: Client
let theirs: Client
let ours: readonly string[]
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The example with ids that exist: those of the channel, and for all others the object's. */
function alive(value: unknown, ids: { channel: string; object: string }, name = ''): unknown {
  if (typeof value === 'string' && uuid.test(value)) return name === 'channel' ? ids.channel : ids.object
  if (Array.isArray(value)) return value.map((one) => alive(one, ids, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, alive(member, ids, key)]))
}

function pathOf(path: string, controller: string, id: string): string {
  return path.replace(':controller', controller).replaceAll(/:[A-Za-z]+/g, id)
}

beforeAll(async () => {
  house = await wholeApp()
  everybody = await house.client(['*'])
  const example = operations.find(({ config }) => config.id === 'createController')?.config.body?.example
  for (const slug of ['kommunstyrelsen', 'miljonamnden'])
    expect((await everybody('POST', '/controllers', { ...(example as object), slug })).statusCode).toBe(201)
  theirs = await house.client(['miljonamnden'])
  ours = await fill('kommunstyrelsen')
}, 60_000)
afterAll(() => house.close())

/** Sends every example that creates something; answers every id that the log then has. */
async function fill(slug: string): Promise<string[]> {
  const ids = { channel: '', object: '' }
  const creating = ofController.filter(({ method, path }) => method === 'post' && !path.includes('/:id'))
  const rank = (path: string) => ['/channels', '/interactions'].findIndex((it) => path.endsWith(it)) >>> 0
  for (const { path, config } of creating.toSorted((a, b) => rank(a.path) - rank(b.path))) {
    const answer = await everybody('POST', pathOf(path, slug, ''), alive(config.body?.example, ids))
    if (path.endsWith('/channels')) ids.channel = answer.json().id
    if (path.endsWith('/interactions')) ids.object = answer.json().stream
  }
  expect(ids.object).toMatch(uuid)
  // No example makes these: nothing is due yet, a platform demands by itself, and an import is a file.
  const log = await house.ledger.find(slug)
  if (log === undefined) throw new Error('no such controller')
  const actor = { name: 'client-17' }
  await recordCommand(house.ledger, log, { type: 'purge.ordered', actor, data: { today: '2026-03-05' } })
  await recordCommand(house.ledger, log, {
    type: 'platform.demanded',
    actor,
    channelId: ids.channel,
    data: { action: 'delete', object: ids.object },
  })
  const file = { 'content-type': 'application/octet-stream' }
  const path = `/controllers/${slug}/imports?channel=${ids.channel}`
  expect((await everybody('POST', path, 'no archive', file)).statusCode).toBe(202)
  return house.databases.asAdmin('ledger', async (admin) => {
    const { rows } = await admin.query<{ id: string }>(
      `select stream_id as id from ledger.event e join ledger.controller c using (controller_id) where c.slug = $1
        union select event_id from ledger.event e join ledger.controller c using (controller_id) where c.slug = $1
          and type = 'interaction.commented'`,
      [slug],
    )
    return rows.map((row) => row.id)
  })
}

describe('a token', () => {
  it.each(named(guarded))('without the scope of %s is refused, with that alone it is not', async (_, it) => {
    for (const scope of allScopes) {
      const client = await house.client(['finns-inte'], [scope])
      // Its controller does not exist: what is not refused at the door is told so, and nothing is done.
      const answer = await client(it.method, pathOf(it.path, 'finns-inte', randomUUID()))
      const refused = answer.statusCode === 403 && answer.json().code === 'scope-missing'
      expect({ scope, refused }).toEqual({ scope, refused: scope !== it.config.scope })
    }
  })

  it.each(named(guarded))('is what %s asks for first', async (_, { method, path }) => {
    const answer = await house.app.inject({
      method: method as 'GET',
      url: `/liggare/v1${pathOf(path, 'kommunstyrelsen', ours[0] as string)}`,
    })
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'token-missing'])
  })
})

/** An answer without what differs from request to request. */
function essence({ statusCode, body, headers }: Awaited<ReturnType<Client>>, ...ids: string[]): string {
  const text = ids.reduce(
    (so, id) => so.replaceAll(id, '…'),
    `${statusCode} ${headers['etag'] ?? ''} ${body}`,
  )
  return text.replace(/"(instance|requestId|traceId)":"[^"]*",?/g, '')
}

describe('another controller’s token', () => {
  it.each(named(ofController))('is told of ours by %s what it is told of none', async (_, it) => {
    const body = alive(it.config.body?.example, { channel: ours[0] as string, object: ours[0] as string })
    for (const id of it.path.includes('/:id') ? ours : [randomUUID()]) {
      const headers = { 'if-match': '"1"' }
      const real = await theirs(it.method, pathOf(it.path, 'kommunstyrelsen', id), body, headers)
      const none = await theirs(it.method, pathOf(it.path, 'finns-inte', id), body, headers)
      expect(essence(real, 'kommunstyrelsen')).toBe(essence(none, 'finns-inte'))
      expect(real.statusCode).toBe(404)
    }
  })

  it.each(named(ofController.filter(({ path }) => path.includes('/:id'))))(
    'finds nothing of ours below its own controller by %s',
    async (_, it) => {
      const unknown = randomUUID()
      const body = it.config.body?.example
      const ask = (id: string) =>
        theirs(it.method, pathOf(it.path, 'miljonamnden', id), body, { 'if-match': '"1"' })
      const nothing = essence(await ask(unknown), unknown)
      for (const id of ours) expect(essence(await ask(id), id)).toBe(nothing)
    },
  )

  it('would find them with ours: of every kind of thing that has an id', async () => {
    const kinds = new Map<string, boolean>()
    for (const { path, method } of ofController.filter(
      (it) => it.path.endsWith('/:id') && it.method === 'get',
    )) {
      const found = await Promise.all(
        ours.map(async (id) => (await everybody(method, pathOf(path, 'kommunstyrelsen', id))).statusCode),
      )
      kinds.set(path, found.includes(200))
    }
    expect(Object.fromEntries(kinds)).toEqual(
      Object.fromEntries([...kinds.keys()].map((path) => [path, true])),
    )
  })
})
