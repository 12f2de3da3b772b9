import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A network in between that can be slow, cut, or swallow everything without a word. */
export type NetworkProxy = {
  readonly port: number
  /** Every chunk arrives this much later, in each direction. */
  readonly delay: (ms: number) => void
  /** Closes every connection and every new one. */
  readonly cut: () => void
  /** Takes everything and passes nothing on, new connections included; nothing is closed. */
  readonly swallow: () => void
  /** New connections work again. Those that lost bytes stay silent for ever, as behind a router that forgot them. */
  readonly heal: () => void
  /** Leads new connections to another server. */
  readonly leadTo: (port: number) => void
  /** How many connections there are now. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export async function networkProxy(target: number, host = '127.0.0.1'): Promise<NetworkProxy> {
  let state: 'open' | 'cut' | 'silent' = 'open'
  let lag = 0
  let port = target
  const sockets = new Set<Socket>()

  /** Passes on what arrives until something was lost; then nothing more, not even the end. */
  const pass = (from: Socket, to: Socket, lost: { yes: boolean }) => {
    from.on('data', (chunk) => {
      if (state === 'silent') lost.yes = true
      if (lost.yes) return
      if (lag === 0) to.write(chunk)
      else setTimeout(() => lost.yes || to.write(chunk), lag)
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      if (state === 'silent') lost.yes = true
      if (!lost.yes) to.destroy()
    })
    sockets.add(from)
  }
  const server = createServer((client) => {
    if (state === 'cut') {
      client.on('error', () => {})
      client.destroy()
      return
    }
    const upstream = connect(port, host)
    const lost = { yes: false }
    pass(client, upstream, lost)
    pass(upstream, client, lost)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closeAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    delay: (ms) => {
      lag = ms
    },
    cut: () => {
      state = 'cut'
      closeAll()
    },
    swallow: () => {
      state = 'silent'
    },
    heal: () => {
      state = 'open'
      lag = 0
    },
    leadTo: (other) => {
      port = other
    },
    connections: () => sockets.size / 2,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      closeAll()
      await closed
    },
  }
}
