import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
let port = 0
let authorization = ''
beforeAll(async () => {
  port = Number(new URL(await house.app.listen({ port: 0, host: '127.0.0.1' })).port)
  authorization = `Bearer ${await house.token()}`
})
const path = '/liggare/v1/controllers/kommunstyrelsen/interactions/stream'

function open(): { sent: ClientRequest; answer: Promise<IncomingMessage> } {
  const headers = { authorization, 'content-type': 'application/x-ndjson' }
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers })
  const answer = once(sent, 'response').then(([response]) => response as IncomingMessage)
  return { sent, answer }
}
const line = (body: unknown) => `${JSON.stringify(body)}\n`

async function listed(channel: string): Promise<number> {
  return (await house.get(`kommunstyrelsen/interactions?channel=${channel}&limit=1000`)).json().items.length
}

test('a line is answered before the next one is sent', async () => {
  const { sent, answer } = open()
  sent.write(line(comment(house.channel)))
  const lines = createInterface(await answer)[Symbol.asyncIterator]()
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ line: 1, status: 201 })
  sent.write(line(comment(house.channel)))
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ line: 2, status: 201 })
  sent.end()
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({
    summary: true,
    complete: true,
    recorded: 2,
  })
})

test('20,000 lines pass through flat memory', { timeout: 120_000 }, async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = () => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return (heapUsed + arrayBuffers) / 2 ** 20
  }
  const { sent, answer } = open()
  const total = 20_000
  // Three thousand characters each: to hold all of them would take 60 MB.
  const sending = (async () => {
    for (let index = 0; index < total; index += 1) {
      // Three thousand acts on five hundred objects, again and again: what the ledger remembers of objects stays small.
      const body = comment(house.channel, { objectId: `object-${index % 500}`, text: 'åäö'.repeat(500) })
      const act = { ...body, persons: [], verb: 'edited', actId: `edit-${index % 3000}` }
      sent.write(line(act))
      // Not by 'drain': Node's client forgets it when the socket takes a corked write at once.
      if (index % 50 === 0) {
        do await sleep(1)
        while (sent.writableLength > 100_000)
      }
    }
    sent.end()
  })()
  const samples: number[] = []
  let count = 0
  let summary: unknown
  for await (const text of createInterface(await answer)) {
    count += 1
    if (count % 1000 === 0) samples.push(heap())
    if (count > total) summary = JSON.parse(text)
  }
  await sending
  expect(summary).toEqual({
    summary: true,
    complete: true,
    recorded: 3000,
    repeated: 17_000,
    refused: 0,
    lastLine: total,
  })
  // What is under way comes and goes, up to 2,000 lines in several forms: growth shows in what is left without it.
  const least = (from: number, to: number) => Math.min(...samples.slice(from, to))
  expect(least(13, 20) - least(0, 7)).toBeLessThan(5)
  expect(Math.max(...samples) - least(0, 20)).toBeLessThan(60)
})

test('a connection cut in the middle leaves whole lines only, and the stream can be sent again', async () => {
  const channel = await house.declare(house.log)
  const bodies = [comment(channel), comment(channel), comment(channel)]
  const whole = line(bodies[0]) + line(bodies[1])
  // Without its line break nobody knows whether the third line was all there.
  const half = JSON.stringify(bodies[2])
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\nContent-Type: application/x-ndjson\r\n`
  const bytes = Buffer.from(whole + half)
  for (const framing of [
    `Transfer-Encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n${bytes}\r\n`,
    `Content-Length: ${bytes.length + 1}\r\n\r\n${bytes}`,
  ]) {
    const socket = connect(port, '127.0.0.1')
    socket.write(head + framing)
    await once(socket, 'data')
    socket.destroy()
    await sleep(50)
    expect(await listed(channel)).toBe(2)
  }
  const { sent, answer } = open()
  sent.end(bodies.map(line).join(''))
  const statuses: number[] = []
  for await (const text of createInterface(await answer)) statuses.push(JSON.parse(text).status)
  expect(statuses).toEqual([200, 200, 201, undefined])
  expect(await listed(channel)).toBe(3)
  expect(house.logged.join('')).not.toContain('Exempelsson')
})

test('a cut single request records nothing', async () => {
  const channel = await house.declare(house.log)
  const body = JSON.stringify(comment(channel))
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST ${path.replace('/stream', '')} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body.slice(0, -1)}`,
  )
  await sleep(100)
  socket.destroy()
  await sleep(50)
  expect(await listed(channel)).toBe(0)
})

test('a server that shuts down answers what it has read and says that there was more', async () => {
  const { sent, answer } = open()
  sent.on('error', () => {})
  sent.write(line(comment(house.channel)))
  const lines = createInterface(await answer)[Symbol.asyncIterator]()
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ line: 1, status: 201 })
  const closed = house.app.close()
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({
    summary: true,
    complete: false,
    lastLine: 1,
  })
  await closed
})
