import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
const path = 'kommunstyrelsen/interactions/batch'

test('each item has an outcome of its own, in their order', async () => {
  const known = comment(house.channel)
  await house.send('kommunstyrelsen/interactions', known)
  const twice = comment(house.channel)
  const response = await house.send(path, [
    comment(house.channel),
    { ...comment(house.channel), 'Östen Exempelsson': 1 },
    known,
    { ...known, text: 'Östen Exempelsson' },
    comment(house.other.channel),
    twice,
    twice,
    'Östen Exempelsson',
    null,
    comment(house.channel, { occurredAt: '9999-01-01T00:00:00Z' }),
    comment(house.channel, { text: 'lone \ud800' }),
  ])
  expect(response.statusCode).toBe(207)
  const { outcomes, ...counts } = response.json()
  expect(counts).toEqual({ recorded: 2, repeated: 2, refused: 7 })
  const statuses = outcomes.map(({ status }: { status: number }) => status)
  expect(statuses).toEqual([201, 422, 200, 409, 422, 201, 200, 422, 422, 422, 422])
  expect(outcomes.map(({ index }: { index: number }) => index)).toEqual([...statuses.keys()])
  expect(outcomes[6]).toMatchObject({ id: outcomes[5].id, position: outcomes[5].position })
  expect(outcomes[3].code).toBe('fact-differs')
  expect(outcomes[1].violations).toEqual([{ pointer: '', reason: 'has 1 unknown field' }])
  expect(outcomes[4].violations).toEqual([
    { pointer: '/channel', reason: 'is no channel of this controller' },
  ])
  expect(response.body).not.toContain('Östen')
})

test('a thousand are taken at once', async () => {
  const batch = Array.from({ length: 1000 }, () => comment(house.channel))
  const first = (await house.send(path, batch)).json()
  expect(first).toMatchObject({ recorded: 1000, repeated: 0, refused: 0 })
  const again = (await house.send(path, batch)).json()
  expect(again).toMatchObject({ recorded: 0, repeated: 1000, refused: 0 })
  const ids = (all: { outcomes: { id: string }[] }) => all.outcomes.map(({ id }) => id)
  expect(ids(again)).toEqual(ids(first))
})

test('a batch of CloudEvents has the same outcomes, one bad event beside good ones', async () => {
  const event = (id: string, more = {}) => {
    const { verb, occurredAt, ...data } = comment(house.channel)
    const type = `se.liggare.interaction.${verb}`
    return { specversion: '1.0', id, source: 'urn:example:webb', type, time: occurredAt, data, ...more }
  }
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const batch = [
    event('b-1'),
    event('b-2', { type: 'osten.exempelsson' }),
    event('b-3'),
    event('b-4', { specversion: '0.3' }),
  ]
  const { outcomes } = (await house.send(path, batch, { headers })).json()
  expect(outcomes).toMatchObject([
    { status: 201 },
    { status: 422, violations: [{ pointer: '/type' }] },
    { status: 201 },
    { status: 422, violations: [{ pointer: '/specversion' }] },
  ])
  expect(JSON.stringify(outcomes)).not.toContain('exempelsson')
})

test('an item that upsets the database keeps none of the others back', async () => {
  // A database of an older day, with a rule of its own.
  const rule = (words: string) =>
    house.databases.asAdmin('ledger', (client) => client.query(`alter table ledger.event ${words}`))
  await rule("add constraint narrow check (capacity is distinct from 'mixed') not valid")
  const bad = comment(house.channel, { capacity: 'mixed' })
  const response = await house.send(path, [comment(house.channel), bad, comment(house.channel)])
  await rule('drop constraint narrow')
  const { outcomes } = response.json()
  // What was stored before the batch was tried one by one is a repetition then.
  expect([201, 200]).toContain(outcomes[0].status)
  expect(outcomes[1].status).toBe(500)
  expect([201, 200]).toContain(outcomes[2].status)
})
