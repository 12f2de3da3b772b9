import { connect } from 'node:net'

/** The little that the load generator wants to know of an answer. */
export type Answer = { readonly status: number; readonly start: string }

/** One kept-alive connection with one request at a time under way. */
export type Connection = {
  /** `request`: the whole of it, head and body, as one-byte characters. */
  readonly exchange: (request: string) => Promise<Answer>
  readonly close: () => void
}

const blankLine = Buffer.from('\r\n\r\n')
const startLength = 120

/** An HTTP/1.1 client that reads of an answer only the status, its length and the first bytes: its work counts against the server on the same cores. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  let waiting: PromiseWithResolvers<Answer> | undefined
  let held: Buffer | undefined
  let left = 0
  let answer: Answer | undefined

  const fail = (error: Error) => waiting?.reject(error)
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  socket.on('data', (chunk: Buffer) => {
    let bytes = chunk
    if (answer === undefined) {
      if (held !== undefined) bytes = Buffer.concat([held, chunk])
      const head = readHead(bytes)
      held = head === undefined ? bytes : undefined
      if (head === undefined) return
      answer = head.answer
      left = head.total
    }
    left -= bytes.length
    if (left > 0) return
    const done = answer
    answer = undefined
    waiting?.resolve(done)
  })
  return {
    exchange: (request) => {
      waiting = Promise.withResolvers<Answer>()
      socket.write(request, 'latin1')
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

/** Status, first bytes of the body and the length of the whole answer, once its head is there. */
function readHead(bytes: Buffer): { answer: Answer; total: number } | undefined {
  const end = bytes.indexOf(blankLine)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const at = head.indexOf('content-length: ')
  if (at < 0) throw new Error(`an answer without length: ${head.slice(0, 40)}`)
  const body = end + blankLine.length
  return {
    answer: {
      status: Number(head.slice(9, 12)),
      start: bytes.toString('latin1', body, Math.min(bytes.length, body + startLength)),
    },
    total: body + Number.parseInt(head.slice(at + 16, at + 28), 10),
  }
}
