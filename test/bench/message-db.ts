import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import pg from 'pg'
import { textArray } from '../../services/ledger/binary-array.ts'
import type { Cluster } from './cluster.ts'
import { comments, type Draw } from './payload.ts'
import { openPeer } from './peer.ts'
import type { Opened } from './sample.ts'

/** Its install.sh, without psql, the login and the views for people. */
const scripts = [
  'schema/message-store',
  'tables/messages',
  'types/message',
  ...['message-store-version', 'hash-64', 'acquire-lock', 'category', 'is-category', 'id', 'cardinal-id'].map(
    (name) => `functions/${name}`,
  ),
  ...['stream-version', 'write-message', 'get-stream-messages', 'get-category-messages'].map(
    (name) => `functions/${name}`,
  ),
  ...['id', 'stream', 'category'].map((name) => `indexes/messages-${name}`),
]

const manifest = createRequire(import.meta.url).resolve('@eventide/message-db/package.json')

/**
 * write_message by prepared statements. It locks the category (the stream's name up to the hyphen) until the commit: with
 * one category the events have one order, as in a log of Liggare, and appends wait for each other's fsync; with many it
 * is faster and there is none. Both are measured, and the faster is compared with.
 */
export async function messageDb(cluster: Cluster, categories: number, trialMs: number): Promise<Opened> {
  const ordered = categories === 1
  const database = ordered ? 'bench_message_ordered' : 'bench_message'
  await cluster.createDatabase(database)
  const connection = {
    connectionString: cluster.url(database),
    options: '-c search_path=message_store,public -c client_min_messages=warning',
  }
  await install(connection)
  const comment = comments(randomUUID())
  const streamOf = (draw: Draw) => `comment${draw.author % categories}-${draw.objectId}`
  const dataOf = (draw: Draw) => JSON.stringify(comment(draw))
  return openPeer(
    {
      name: ordered ? 'message-db, one category' : 'message-db',
      database,
      connection,
      open: async (pool) => ({
        one: (draw) =>
          pool.query({
            name: 'write',
            text: "select write_message($1::varchar, $2::varchar, 'commented', $3::jsonb)",
            values: [randomUUID(), streamOf(draw), dataOf(draw)],
          }),
        many: (draws) =>
          pool.query({
            name: 'write-many',
            text: `select write_message(id, stream, 'commented', data::jsonb)
              from unnest($1::text[], $2::text[], $3::text[]) as e(id, stream, data)`,
            // In one order of categories: two batches would otherwise wait for each other for good.
            values: columns(
              draws.map((draw) => [randomUUID(), streamOf(draw), dataOf(draw)] as const).sort(byStream),
            ),
          }),
      }),
      inFlight: ordered ? [64] : [1, 10, 64, 1000],
      batch: 500,
    },
    trialMs,
  )
}

type Row = readonly [id: string, stream: string, data: string]

const byStream = (a: Row, b: Row) => (a[1] < b[1] ? -1 : 1)

function columns(rows: readonly Row[]): Buffer[] {
  return ([0, 1, 2] as const).map((column) => textArray(rows.map((row) => row[column])))
}

async function install(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    for (const script of scripts) {
      await client.query(readFileSync(new URL(`database/${script}.sql`, `file://${manifest}`), 'utf8'))
    }
  } finally {
    await client.end()
  }
}
