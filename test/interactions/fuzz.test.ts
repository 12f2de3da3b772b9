import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
/** How many bodies; more by `LIGGARE_FUZZ=50000`. */
const count = Number(process.env['LIGGARE_FUZZ'] ?? 2000)

const nasty = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1e308,
  17,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'ÅÄÖ',
  'x'.repeat(3000),
  '9999-12-31T23:59:59Z',
  '1969-07-20T20:17:00Z',
  '2026-03-05T24:00:00Z',
  [],
  {},
  [[]],
  [null],
  { role: 'author' },
  [{ role: 'author' }],
  [
    { role: 'mentioned', platformId: 'p1' },
    { role: 'mentioned', platformId: 'p1' },
  ],
  ['a', 'a'],
)
const fields = [
  'channel',
  'objectId',
  'actId',
  'verb',
  'occurredAt',
  'precision',
  'basis',
  'persons',
  'text',
  'rawText',
  'language',
  'title',
  'reaction',
  'links',
  'hashtags',
  'attachments',
  'inReplyTo',
  'thread',
  'derivedFrom',
  'visibility',
  'client',
  'capacity',
  'native',
  'extensions',
  'data',
  'type',
  'id',
  'source',
  'time',
  'ids',
  'positions',
  'range',
  'purpose',
  'kind',
  'constructor',
  'toString',
  'osten exempelsson',
]
const changes = fc.array(fc.tuple(fc.constantFrom(...fields), fc.oneof(nasty, fc.jsonValue())), {
  maxLength: 4,
})
const verbs = fc.constantFrom(
  'published',
  'edited',
  'reacted',
  'followed',
  'messaged',
  'hidden',
  'unrecognised',
)
const bytes = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'drop', 'add')), {
  maxLength: 3,
})
const targets = [
  ['', 'application/json'],
  ['', 'application/cloudevents+json'],
  ['/batch', 'application/json'],
  ['/batch', 'application/cloudevents-batch+json'],
  ['/stream', 'application/x-ndjson'],
  ['/read', 'application/json'],
] as const
const mutation = fc.record({
  target: fc.constantFrom(...targets),
  changes,
  verb: verbs,
  bytes: fc.option(bytes),
  cut: fc.option(fc.nat(400)),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

function bodyOf({ target, changes: changed, verb, bytes: damage, cut }: Mutation): Buffer {
  const plain: Record<string, unknown> = comment(house.channel, {
    verb,
    objectId: `o${changed.length}-${verb}`,
  })
  const cloud = target[1].includes('cloudevents')
  const whole = cloud
    ? { specversion: '1.0', id: 'f', source: 'urn:f', type: `se.liggare.interaction.${verb}`, data: plain }
    : target[0] === '/read'
      ? { range: {}, purpose: 'prov' }
      : plain
  const object: Record<string, unknown> = { ...whole, ...Object.fromEntries(changed) }
  const items = target[0] === '/batch' ? [object, plain] : object
  let out = [...Buffer.from(JSON.stringify(items))]
  for (const [at, byte, how] of damage ?? []) {
    const place = at % out.length
    out.splice(place, how === 'add' ? 0 : 1, ...(how === 'drop' ? [] : [byte]))
  }
  if (cut !== null) out = out.slice(0, cut)
  return Buffer.from(out)
}

test(`${count} mutated bodies are taken or refused, and none upsets the server`, {
  timeout: 1_200_000,
}, async () => {
  const seed = 17
  const seen = new Map<number, number>()
  const mutations = fc.sample(mutation, { numRuns: count, seed })
  for (let at = 0; at < mutations.length; at += 50) {
    await Promise.all(
      mutations.slice(at, at + 50).map(async (one, index) => {
        const [to, type] = one.target
        const body = bodyOf(one)
        const response = await house.send(`kommunstyrelsen/interactions${to}`, body, {
          headers: { 'content-type': type },
        })
        const { statusCode } = response
        seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1)
        const where = `seed ${seed}, mutation ${at + index}: ${statusCode} ${to} ${type}`
        expect(statusCode, where).toBeLessThan(500)
        if (statusCode >= 400)
          expect(response.headers['content-type'], where).toBe('application/problem+json')
        expect(response.body, where).not.toMatch(/"(status|code)":\s*("internal"|5\d\d)/)
        if (to !== '/read') expect(response.body, where).not.toMatch(/exempelsson/i)
      }),
    )
  }
  for (const status of [200, 201, 207, 400, 409, 422])
    expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(0)
  expect(house.logged.join('')).not.toMatch(/exempelsson/i)
})
