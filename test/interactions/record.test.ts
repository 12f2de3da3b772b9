import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
const post = (body: unknown, contentType = 'application/json') =>
  house.send('kommunstyrelsen/interactions', body, { headers: { 'content-type': contentType } })

test('a new interaction is recorded and has a place', async () => {
  const response = await post(comment(house.channel))
  const receipt = response.json()
  expect(response.statusCode).toBe(201)
  expect(receipt).toMatchObject({
    position: expect.stringMatching(/^\d+$/),
    version: 1,
    recordedAt: '2026-03-05T10:00:00.000Z',
  })
  expect(response.headers.location).toBe(`/liggare/v1/controllers/kommunstyrelsen/interactions/${receipt.id}`)
  expect((await house.get(`kommunstyrelsen/interactions/${receipt.id}`)).json()).toMatchObject(receipt)
})

test('the same fact again is answered with the first event', async () => {
  const body = comment(house.channel)
  const first = await post(body)
  house.clock.advance({ seconds: 30 })
  const second = await post({ ...body, channel: house.channel.toUpperCase() })
  expect(second.statusCode).toBe(200)
  expect(second.json()).toEqual(first.json())
  expect(second.headers.location).toBe(first.headers.location)
})

test('the same fact with other content is refused with the place of the first', async () => {
  const body = comment(house.channel)
  const { position } = (await post(body)).json()
  const response = await post({ ...body, text: 'Hemlig ändring' })
  expect(response.statusCode).toBe(409)
  expect(response.json()).toMatchObject({
    code: 'fact-differs',
    detail: `The same fact stands at position ${position} with other content.`,
  })
  expect(response.body).not.toContain('Hemlig')
})

test('an edit is the next version of its object', async () => {
  const body = comment(house.channel)
  const first = (await post(body)).json()
  const edit = await post({ ...body, verb: 'edited', actId: 'e-1', text: 'Rättat' })
  expect(edit.json()).toMatchObject({ stream: first.stream, version: 2 })
})

test("an unknown channel and another controller's channel get the same answer", async () => {
  const unknown = await post(comment('0198c5a0-0000-7000-8000-00000000dead'))
  const foreign = await post(comment(house.other.channel))
  expect(unknown.statusCode).toBe(422)
  expect(unknown.json().violations).toEqual([
    { pointer: '/channel', reason: 'is no channel of this controller' },
  ])
  const { instance: _, ...problem } = unknown.json()
  expect(foreign.json()).toMatchObject(problem)
})

test('a channel declared a moment ago is known', async () => {
  const channel = await house.declare(house.log)
  expect((await post(comment(channel))).statusCode).toBe(201)
})

test.each([
  ['the year 9999', '9999-12-31T23:59:59Z', 'lies in the future'],
  ['six minutes ahead', '2026-03-05T10:06:31Z', 'lies in the future'],
  ['1969', '1969-12-31T23:59:59Z', 'must not be before 1970-01-01'],
])('%s is no date of an interaction', async (_, occurredAt, reason) => {
  const response = await post(comment(house.channel, { occurredAt }))
  expect(response.statusCode).toBe(422)
  expect(response.json().violations).toEqual([{ pointer: '/occurredAt', reason }])
})

test('four minutes ahead is a clock that goes wrong', async () => {
  expect((await post(comment(house.channel, { occurredAt: '2026-03-05T10:04:00Z' }))).statusCode).toBe(201)
})

test('a condemned object takes nothing more', async () => {
  const body = comment(house.channel)
  const { stream } = (await post(body)).json()
  await house.databases.asAdmin('ledger', (client) =>
    client.query('insert into ledger.condemned values ($1, $2, 4711)', [house.log.controller, stream]),
  )
  const edit = await post({ ...body, verb: 'edited', actId: 'e-2' })
  expect(edit.statusCode).toBe(409)
  expect(edit.json()).toMatchObject({
    code: 'condemned',
    detail: 'The object is condemned at position 4711.',
  })
})

test('what was disposed of does not come back', async () => {
  const body = comment(house.channel)
  const { controller } = house.log
  const digests = house.ledger.digests(controller)
  const fact = digests.fact(JSON.stringify([body['channel'], body['objectId'], 'created']))
  await house.databases.asAdmin('ledger', (client) =>
    client.query('insert into ledger.tombstone values ($1, $2, 4712)', [controller, digests.tombstone(fact)]),
  )
  const response = await post(body)
  expect(response.statusCode).toBe(409)
  expect(response.json()).toMatchObject({ code: 'already-disposed', detail: expect.stringContaining('4712') })
})

test('100 identical requests at once are one event', async () => {
  const body = comment(house.channel)
  const responses = await Promise.all(Array.from({ length: 100 }, () => post(body)))
  expect(responses.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
  expect(responses.filter(({ statusCode }) => statusCode === 200)).toHaveLength(99)
  expect(new Set(responses.map((response) => response.json().id)).size).toBe(1)
})

test('200 requests at once get contiguous positions', async () => {
  const responses = await Promise.all(Array.from({ length: 200 }, () => post(comment(house.channel))))
  const positions = responses.map((response) => Number(response.json().position)).sort((a, b) => a - b)
  expect(positions).toEqual(Array.from({ length: 200 }, (_, index) => (positions[0] as number) + index))
})

test('a CloudEvent is recorded, and its delivery recognised by source and id', async () => {
  const { verb, occurredAt, ...data } = comment(house.channel)
  const event = {
    specversion: '1.0',
    id: 'a-1',
    source: 'urn:example:webb',
    type: `se.liggare.interaction.${verb}`,
    time: occurredAt,
    data,
  }
  const type = 'application/cloudevents+json; charset=utf-8'
  const first = await post(event, type)
  expect(first.statusCode).toBe(201)
  expect((await post(event, type)).json()).toEqual(first.json())
  const moved = { ...event, data: { ...data, objectId: '101_annan' } }
  expect((await post(moved, type)).statusCode).toBe(200)
  const changed = { ...event, data: { ...data, text: 'Något annat' } }
  expect((await post(changed, type)).json().code).toBe('fact-differs')
  const wrong = await post({ ...event, id: 'a-2', data: { ...data, ostenexempelsson: 1 }, persson: {} }, type)
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).not.toMatch(/osten|persson/)
})

test('a log that cannot be reached says when to come again, and nothing is stored', async () => {
  const body = comment(house.channel)
  const privilege = (words: string) =>
    house.databases.asAdmin('ledger', (client) =>
      client.query(
        `${words} execute on function ledger.append ${words === 'grant' ? 'to' : 'from'} liggare_api`,
      ),
    )
  await privilege('revoke')
  const response = await post(body)
  await privilege('grant')
  expect(response.statusCode).toBe(503)
  expect(response.json().code).toBe('log-unavailable')
  expect(response.headers['retry-after']).toBe('5')
  expect((await post(body)).statusCode).toBe(201)
})
