import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
const path = 'kommunstyrelsen/interactions'
const purpose = 'Granskning av anmäld kommentar'
const post = async (body: unknown) => (await house.send(path, body)).json()

const whole = (channel: string) =>
  comment(channel, {
    persons: [
      {
        role: 'author',
        platformId: 'p900',
        handle: 'lena',
        displayName: 'Lena Låtsasson',
        email: 'lena@example.org',
      },
      { role: 'mentioned', handle: 'pelle', ip: '192.0.2.17', userAgent: 'Mozilla/5.0' },
    ],
    text: 'Ödlan på Åsgatan',
    capacity: 'service',
    hashtags: ['snö'],
    attachments: [{ url: 'https://example.org/bild.jpg' }],
  })

test('the open side has no content and no name', async () => {
  const { id } = await post(whole(house.channel))
  const response = await house.get(`${path}/${id}`)
  expect(response.json()).toMatchObject({
    id,
    verb: 'commented',
    channel: house.channel,
    occurredOn: '2026-03-05',
    capacity: 'service',
  })
  expect(response.body).not.toMatch(/Lena|lena|Ödlan|p900|101_|snö/)
})

test('content is opened for a purpose, and the look is an event before it', async () => {
  const body = whole(house.channel)
  const { id, position } = await post(body)
  const response = await house.send(`${path}/${id}/read`, { purpose })
  const { lookUp, item } = response.json()
  expect(item.interaction).toEqual({ ...body, precision: 'second', basis: 'occurred' })
  expect(Number(lookUp)).toBeGreaterThan(Number(position))
  const { rows } = await house.databases.asAdmin('ledger', (client) =>
    client.query('select type, header from ledger.event where controller_id = $1 and position = $2', [
      house.log.controller,
      lookUp,
    ]),
  )
  expect(rows[0].type).toBe('lookup.recorded')
  expect(JSON.parse(rows[0].header).data).toEqual({ kind: 'shown', scope: { ids: [id] } })
})

test.each([{}, { purpose: '' }, { purpose: '  ' }, { purpose, kind: 'glanced' }])(
  'without a stated purpose nothing is opened (%#)',
  async (why) => {
    const { id } = await post(comment(house.channel))
    for (const [to, what] of [
      [`${path}/${id}/read`, {}],
      [`${path}/read`, { ids: [id] }],
    ] as const) {
      const response = await house.send(to, { ...what, ...why })
      expect(response.statusCode).toBe(422)
      expect(response.body).not.toContain('Hej')
    }
  },
)

test('ids, positions and a range each select; none or two of them do not', async () => {
  const channel = await house.declare(house.log)
  const receipts = [await post(comment(channel)), await post(comment(channel)), await post(comment(channel))]
  const ids = receipts.map(({ id }) => id)
  const positions = receipts.map(({ position }) => position)
  const read = (what: object) => house.send(`${path}/read`, { ...what, purpose })
  const idsOf = (response: Awaited<ReturnType<typeof read>>) =>
    response.json().items.map((item: { header: { id: string } }) => item.header.id)
  expect(idsOf(await read({ ids: [...ids].reverse() }))).toEqual(ids)
  expect(idsOf(await read({ positions }))).toEqual(ids)
  expect(idsOf(await read({ positions: ['0', '999999'] }))).toEqual([])
  const page = await read({ range: { channel, limit: 2 } })
  expect(idsOf(page)).toEqual(ids.slice(0, 2))
  expect(page.json()).toMatchObject({ next: positions[1], more: true })
  expect(idsOf(await read({ range: { channel, after: positions[1] } }))).toEqual([ids[2]])
  expect((await read({})).statusCode).toBe(422)
  expect((await read({ ids, positions })).statusCode).toBe(422)
})

test("another controller's interaction is not there", async () => {
  const foreign = (await house.send('miljonamnden/interactions', comment(house.other.channel))).json()
  const before = await house.get(`${path}?limit=1000`)
  const unknown = '0198c5a0-0000-7000-8000-00000000dead'
  for (const id of [foreign.id, unknown, 'inget-id']) {
    expect((await house.get(`${path}/${id}`)).statusCode).toBe(404)
    expect((await house.send(`${path}/${id}/read`, { purpose })).statusCode).toBe(404)
  }
  const many = await house.send(`${path}/read`, { ids: [foreign.id, unknown], purpose })
  expect(many.json().items).toEqual([])
  const listed = before.json().items.map(({ id }: { id: string }) => id)
  expect(listed).not.toContain(foreign.id)
})

test('the log is read page by page, by channel and by verb', async () => {
  const channel = await house.declare(house.log)
  const wanted: string[] = []
  for (let index = 0; index < 7; index += 1) {
    const body = comment(channel)
    wanted.push((await post(body)).id)
    await post(comment(house.channel))
    if (index % 3 === 0) wanted.push((await post({ ...body, verb: 'hidden', actId: `h-${index}` })).id)
  }
  const seen: string[] = []
  let query = `channel=${channel}&limit=3`
  for (let more = true; more; ) {
    const page = (await house.get(`${path}?${query}`)).json()
    seen.push(...page.items.map(({ id }: { id: string }) => id))
    query = `channel=${channel}&limit=3&after=${page.next}`
    more = page.more
  }
  expect(seen).toEqual(wanted)
  const hidden = (await house.get(`${path}?channel=${channel}&verb=hidden`)).json()
  expect(hidden.items).toHaveLength(3)
  expect(new Set(hidden.items.map(({ verb }: { verb: string }) => verb))).toEqual(new Set(['hidden']))
})

test('the end of the log is a place to go on from', async () => {
  const { next, more } = (await house.get(`${path}?limit=1000`)).json()
  expect(more).toBe(false)
  const { id } = await post(comment(house.channel))
  const page = (await house.get(`${path}?after=${next}`)).json()
  expect(page.items).toMatchObject([{ id }])
  expect((await house.get(`${path}?after=999999999`)).json()).toEqual({
    items: [],
    next: '999999999',
    more: false,
  })
})

test.each([
  'after=-1',
  'after=1e3',
  'limit=0',
  'limit=1001',
  'limit=x',
  'verb=osten',
  'channel=1',
  'name=osten',
  'after=1&after=2',
])('the query %s is refused', async (query) => {
  const response = await house.get(`${path}?${query}`)
  expect(response.statusCode).toBe(422)
  expect(response.body).not.toContain('osten')
})

test('a part that is gone is shown as disposed, with the place of the decision', async () => {
  const { id, stream, position } = await post(whole(house.channel))
  await house.databases.asAdmin('ledger', async (client) => {
    const key = [house.log.controller, position]
    await client.query('delete from ledger.sealed_part where controller_id = $1 and position = $2', key)
    await client.query(
      'update model.object set condemned_position = 4711 where controller_id = $1 and object_id = $2',
      [key[0], stream],
    )
  })
  const { item } = (await house.send(`${path}/${id}/read`, { purpose })).json()
  expect(item.interaction).toBeUndefined()
  expect(item.disposed).toEqual([
    { role: 'author', category: 'content', decision: '4711' },
    { role: 'author', category: 'identity', decision: '4711' },
    { role: 'author', category: 'contact', decision: '4711' },
    { role: 'mentioned', category: 'identity', decision: '4711' },
    { role: 'mentioned', category: 'network', decision: '4711' },
  ])
})

test('who is left beside content that is gone is still shown', async () => {
  const { id, position } = await post(whole(house.channel))
  await house.databases.asAdmin('ledger', (client) =>
    client.query(
      'delete from ledger.sealed_part where controller_id = $1 and position = $2 and ordinal < 3',
      [house.log.controller, position],
    ),
  )
  const { item } = (await house.send(`${path}/${id}/read`, { purpose })).json()
  expect(item.persons).toEqual([
    { role: 'mentioned', handle: 'pelle', ip: '192.0.2.17', userAgent: 'Mozilla/5.0' },
  ])
  expect(item.disposed).toHaveLength(3)
})
