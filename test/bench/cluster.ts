import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../services/db/embedded.ts'
import { loadConfig } from '../../services/platform/config.ts'

/** The one server that everybody writes to: Liggare's own embedded one with its own settings, fsync on. */
export type Cluster = {
  readonly folder: string
  readonly url: (database: string) => string
  readonly createDatabase: (name: string) => Promise<void>
  readonly admin: pg.Client
  /** The end of the write-ahead log in bytes, for differences. */
  readonly walPosition: () => Promise<number>
  /** Bytes on disk of some databases together. */
  readonly sizeOf: (databases: readonly string[]) => Promise<number>
  readonly stop: () => Promise<void>
}

const quiet = {
  info: () => {},
  warn: () => {},
  fatal: (_: unknown, text?: string) => process.stderr.write(`${text}\n`),
}

// Contenders and variants keep their connections while others are measured. Nothing else differs from the product's.
const settings = { max_connections: '400' }

/** Starts a server of the bench's own beside where the embedded database has its default place: on the same disk. */
export async function startCluster(): Promise<Cluster> {
  const folder = join(dirname(loadConfig({}).dataDir), `bench-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const server = await startEmbedded({ dataDir: join(folder, 'database'), log: quiet, settings })
  const url = (database: string) => server.ledgerUrl.replace(/[^/]*$/, database)
  const admin = new pg.Client({ connectionString: url('postgres') })
  await admin.connect()
  const number = async (text: string, values: unknown[] = []) => {
    const { rows } = await admin.query<{ n: string }>(text, values)
    return Number(rows[0]?.n)
  }
  return {
    folder,
    url,
    admin,
    createDatabase: async (name) => {
      await admin.query(`create database ${admin.escapeIdentifier(name)}`)
    },
    walPosition: () => number("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as n"),
    sizeOf: (databases) =>
      number('select sum(pg_database_size(d)) as n from unnest($1::text[]) d', [databases]),
    stop: async () => {
      await admin.end()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
