import { connect } from 'node:net'
import { type Answer, type Connection, openConnection } from './connection.ts'
import { drawer } from './payload.ts'
import { bodies, headOf, type Target, withBody } from './requests.ts'
import { closedLoop, type Sample, type Span } from './sample.ts'

/** What the load generator is told by the bench, over the channel between the two processes. */
export type Job = Span & {
  readonly port: number
  readonly token: string
  readonly kind: 'single' | 'batch' | 'stream'
  /** Events in a batch. */
  readonly size: number
  readonly inFlight: number
  readonly targets: readonly Target[]
  /** Begins the objects' ids: another one for each job. */
  readonly prefix: string
}

export type Report = { readonly sample: Sample } | { readonly error: string }

/** The events that an answer acknowledges; 0 for a server too busy. Any other answer ends the bench. */
function recordedIn({ status, start }: Answer, single: boolean): number {
  if (status === 503) return 0
  if (single && status === 201) return 1
  const [, recorded] = /^\{"recorded":(\d+),"repeated":0,"refused":0,/.exec(start) ?? []
  if (status !== 207 || recorded === undefined) throw new Error(`answered ${status}: ${start}`)
  return Number(recorded)
}

async function requests(job: Job): Promise<Sample> {
  const single = job.kind === 'single'
  const connections: Connection[] = []
  for (let number = 0; number < job.inFlight; number += 1) connections.push(await openConnection(job.port))
  const next = drawer(job.prefix)
  const targets = job.targets.map((target) => ({
    head: headOf(target, single ? '' : '/batch', job.token, 'application/json'),
    body: bodies(target),
  }))
  try {
    return await closedLoop(job.inFlight, job, async (worker) => {
      const { head, body } = targets[worker % targets.length] as (typeof targets)[0]
      const content = single
        ? body(next())
        : `[${Array.from({ length: job.size }, () => body(next())).join()}]`
      const connection = connections[worker] as Connection
      return recordedIn(await connection.exchange(withBody(head, content)), single)
    })
  } finally {
    for (const connection of connections) connection.close()
  }
}

/** One request without end, as fast as the server takes it; over when its summary is there. */
async function stream(job: Job): Promise<Sample> {
  const target = job.targets[0] as Target
  const body = bodies(target)
  const next = drawer(job.prefix)
  const socket = connect({ host: '127.0.0.1', port: job.port, noDelay: true })
  let tail = ''
  socket.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 500))).slice(-500)
  })
  const closed = new Promise<void>((resolve, reject) => socket.once('close', resolve).once('error', reject))
  const begin = performance.now()
  const end = begin + job.warmUpMs + job.ms
  const head = headOf(target, '/stream', job.token, 'application/x-ndjson')
  socket.write(`${head}transfer-encoding: chunked\r\n\r\n`, 'latin1')
  while (performance.now() < end) {
    const lines = Array.from({ length: 100 }, () => `${body(next())}\n`).join('')
    if (!socket.write(`${lines.length.toString(16)}\r\n${lines}\r\n`, 'latin1')) {
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
    }
  }
  socket.write('0\r\n\r\n')
  await closed
  const seconds = (performance.now() - begin) / 1000
  const [, recorded] = /"complete":true,"recorded":(\d+),"repeated":0,"refused":0/.exec(tail) ?? []
  if (recorded === undefined) throw new Error(`the stream ended with ${tail.slice(-200)}`)
  return {
    events: Number(recorded),
    seconds,
    written: Number(recorded),
    latencies: new Float64Array(),
    busy: 0,
  }
}

process.on('message', (job: Job) => {
  const report = (message: Report) => process.send?.(message)
  const work = job.kind === 'stream' ? stream(job) : requests(job)
  work.then(
    (sample) => report({ sample }),
    (error: Error) => report({ error: error.message }),
  )
})
