import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { makeZip } from '../sources/archive-make.ts'
import { testHouse } from './house.ts'
import { eventsOf, manyPosts, newChannel, openedOf, zipOf } from './support.ts'

const house = testHouse()
const archive = () => zipOf(join(import.meta.dirname, '../fixtures/authored/x-archive'))

const send = (channel: string, payload: Buffer, more = '') =>
  house.send({
    method: 'POST',
    url: `imports?channel=${channel}${more}`,
    payload,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="Bo Provs arkiv.zip"',
    },
  })

async function ended(id: string) {
  for (;;) {
    const status = (await house.send({ method: 'GET', url: `imports/${id}` })).json()
    if (!['queued', 'running', 'cancelling'].includes(status.state)) return status
    await sleep(20)
  }
}

test('an upload is taken as a job whose report can be read when it has ended', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const answer = await send(channel, archive())
  const { id } = answer.json()
  expect(answer.statusCode).toBe(202)
  expect(answer.headers.location).toBe(`/liggare/v1/controllers/${house.log.slug}/imports/${id}`)
  const status = await ended(id)
  expect(status).toMatchObject({ id, channel, state: 'finished' })
  expect(status.counts.recorded).toBeGreaterThan(5)
})

test('the same file again is the same import and adds nothing', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const first = (await send(channel, archive())).json()
  await ended(first.id)
  const second = (await send(channel, archive(), '&resume=true')).json()
  const status = await ended(second.id)
  expect(second.id).toBe(first.id)
  expect(status.counts).toMatchObject({ recorded: 0, corroborated: status.counts.read })
})

test('the name of the file stands sealed alone', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const { id } = (await send(channel, archive())).json()
  await ended(id)
  const open = JSON.stringify(await eventsOf(house.ledger, house.log, '')) + house.logged.join('')
  expect(open).not.toContain('Bo Provs')
  const opened = await openedOf(house.ledger, house.log, 'import.started')
  expect(JSON.stringify(opened.at(-1)?.parts)).toContain('Bo Provs arkiv.zip')
})

test('a broken file is a failed import that tells where, and leaves no fact', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const broken = makeZip([
    { name: 'data/tweets.js', data: 'window.YTD.tweets.part0 = [{"tweet":{"id_str":"1"' },
  ])
  const { id } = (await send(channel, broken)).json()
  const status = await ended(id)
  expect(status).toMatchObject({ state: 'failed', code: 'source-malformed' })
  const facts = await eventsOf(house.ledger, house.log)
  expect(facts.filter((event) => event.channelId === channel)).toEqual([])
})

test('a channel that is none of the controller’s is refused before the file is kept', async () => {
  const answer = await send('0198c5a0-0000-7000-8000-00000000dead', archive())
  expect([answer.statusCode, answer.json().violations[0].pointer]).toEqual([422, '/channel'])
})

test('an import that is none, or that has ended, cannot be cancelled', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const { id } = (await send(channel, archive())).json()
  await ended(id)
  const over = await house.send({ method: 'DELETE', url: `imports/${id}` })
  const none = await house.send({ method: 'DELETE', url: `imports/${channel}` })
  expect([over.statusCode, none.statusCode]).toEqual([409, 404])
})

test('an import under way can be cancelled, and waits for its turn', async () => {
  const channel = await newChannel(house.ledger, house.log)
  const first = (await send(channel, manyPosts(4000, 1))).json()
  const second = (await send(channel, manyPosts(10, 2))).json()
  expect(second.state).toBe('queued')
  const answer = await house.send({ method: 'DELETE', url: `imports/${first.id}` })
  expect(answer.statusCode).toBe(202)
  expect((await ended(first.id)).state).toBe('cancelled')
  expect((await ended(second.id)).state).toBe('finished')
})
