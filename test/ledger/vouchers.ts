import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { openCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { cosign } from '../../services/ledger/tree/cosignature.ts'
import { verifyConsistency } from '../../services/ledger/tree/merkle.ts'
import { formatSignatureLine, type NoteVerifier } from '../../services/ledger/tree/note.ts'
import {
  cosignatureType,
  formatVkey,
  type NamedPrivateKey,
  publicPart,
} from '../../services/ledger/tree/note-key.ts'
import { type LocalTsa, stamp } from './tree-tsa.ts'

/** A server on a free port of this machine, and how to end it. */
export type LocalServer = { readonly url: string; readonly close: () => Promise<unknown> }

async function listening(server: Server): Promise<LocalServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

export type LocalWitness = LocalServer & {
  readonly vkey: string
  /** What it remembers of each origin; a test may take it away. */
  readonly known: Map<string, { size: number; root: Buffer }>
}

/** A witness after c2sp.org/tlog-witness: it knows the logs by their keys, and cosigns only what continues what it saw last. */
export async function startWitness(
  name: string,
  logs: () => readonly NoteVerifier[],
  now: () => Date,
): Promise<LocalWitness> {
  const key: NamedPrivateKey = {
    name,
    type: cosignatureType,
    privateKey: generateKeyPairSync('ed25519').privateKey,
  }
  const known: LocalWitness['known'] = new Map()
  const server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type }).end(body)
    void buffer(request).then((body) => {
      if (request.method !== 'POST' || request.url !== '/add-checkpoint') return answer(404, '')
      const end = body.indexOf('\n\n')
      const [first = '', ...proof] = body.subarray(0, end).toString().split('\n')
      const old = Number(/^old (\d+)$/.exec(first)?.[1])
      const note = body.subarray(end + 2)
      const origin = note.toString().split('\n', 1)[0] as string
      const keys = logs().filter((it) => it.name === origin)
      if (keys.length === 0) return answer(404, '')
      const { checkpoint, note: parsed } = openCheckpoint(note, origin, keys)
      const last = known.get(origin)
      if ((last?.size ?? 0) !== old) return answer(409, `${last?.size ?? 0}\n`, 'text/x.tlog.size')
      const path = proof.map((hash) => Buffer.from(hash, 'base64'))
      const grown =
        last === undefined || verifyConsistency(old, checkpoint.size, last.root, checkpoint.root, path)
      if (!grown) return answer(422, '')
      known.set(origin, { size: checkpoint.size, root: checkpoint.root })
      return answer(200, formatSignatureLine(cosign(parsed.text, key, now())))
    })
  })
  return { ...(await listening(server)), vkey: formatVkey(publicPart(key)), known }
}

/** A time-stamping authority over HTTP (RFC 3161 § 3.4); OpenSSL answers. */
export function startTsa(tsa: LocalTsa): Promise<LocalServer> {
  return listening(
    createServer((request, response) => {
      void buffer(request)
        .then((query) => stamp(tsa, query))
        .then((reply) =>
          response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply),
        )
    }),
  )
}
