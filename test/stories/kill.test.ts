import { afterAll, beforeAll, expect, it } from 'vitest'
import { declareBasics, type ServerProcess, serverProcess } from './server-process.ts'

// G1 and G2: the api and its database are killed in the middle of a load of acknowledged requests. `npm run drill` plays
// it for 20 rounds.
const rounds = Number(process.env['DRILL_ROUNDS'] ?? 2)

let server: ServerProcess
let channel: string
beforeAll(async () => {
  server = await serverProcess()
  await server.start()
  channel = await declareBasics(server)
})
afterAll(async () => {
  await server.stop()
  server.remove()
})

const interactions = '/controllers/kommunstyrelsen/interactions'
const comment = (objectId: string) => ({
  channel,
  objectId,
  verb: 'commented',
  occurredAt: '2026-03-05T10:15:00+01:00',
  persons: [{ role: 'author', platformId: `p-${objectId.length}`, displayName: 'Exempla Exempelsson' }],
  text: 'Hej!',
})

/** Sends until the server dies; answers what was acknowledged, and with it what was sent without an answer. */
async function load(round: number) {
  const acknowledged = new Map<string, { id: string; position: string }>()
  const sent: string[] = []
  let dead = false
  let n = 0
  const first = Promise.withResolvers<void>()
  const killer = first.promise
    .then(() => new Promise((resolve) => setTimeout(resolve, 200 + round * 37)))
    .then(async () => {
      await server.kill()
      dead = true
    })
  const client = async () => {
    while (!dead) {
      const objectId = `r${round}-${n++}`
      sent.push(objectId)
      const answer = await server.post(interactions, comment(objectId)).catch(() => undefined)
      if (answer?.status === 201) {
        acknowledged.set(objectId, (await answer.json()) as { id: string; position: string })
        first.resolve()
      } else if (answer === undefined) return
    }
  }
  await Promise.all([killer, ...Array.from({ length: 32 }, client)])
  return { acknowledged, sent }
}

/** Sends again as long as the answer is 503: a server that has just started may have too much at once. */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await send()
    if (answer.status !== 503) return answer
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

it(`loses nothing it has acknowledged over ${rounds} kills in full load`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { acknowledged, sent } = await load(round)
    expect(acknowledged.size).toBeGreaterThan(0)
    await server.start()
    // Everything sent again: what was acknowledged is the same event, what was not is stored once.
    const answers = await Promise.all(
      sent.map(async (objectId) => {
        const answer = await patiently(() => server.post(interactions, comment(objectId)))
        return {
          objectId,
          status: answer.status,
          receipt: (await answer.json()) as { id: string; position: string },
        }
      }),
    )
    for (const { objectId, status, receipt } of answers) {
      const before = acknowledged.get(objectId)
      if (before === undefined) expect([200, 201]).toContain(status)
      else
        expect({ status, id: receipt.id, position: receipt.position }).toEqual({
          status: 200,
          id: before.id,
          position: before.position,
        })
    }
    const positions = answers.map(({ receipt }) => Number(receipt.position))
    expect(new Set(positions).size).toBe(sent.length)
  }
  const positions = await allPositions()
  expect(positions).toEqual(Array.from({ length: positions.length }, (_, n) => (positions[0] as number) + n))
}, 600_000)

async function allPositions(): Promise<number[]> {
  const positions: number[] = []
  for (let after: string | null = ''; after !== null; ) {
    const answer = await server.get(`${interactions}?limit=1000${after === '' ? '' : `&after=${after}`}`)
    const page = (await answer.json()) as { items: { position: string }[]; next: string | null }
    positions.push(...page.items.map((item) => Number(item.position)))
    after = page.items.length === 0 ? null : (page.items.at(-1)?.position ?? null)
  }
  return positions
}
