import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import pg from 'pg'
import { DomainError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { ownedFolder, type ServerHost, serverHost } from './embedded-host.ts'
import { lockDatabase } from './embedded-lock.ts'
import { startServer, stopServer } from './embedded-server.ts'

/** A PostgreSQL server of our own, with the two databases of a demonstration in it. */
export type EmbeddedDatabase = {
  /** Administrative URLs (superuser): for `migrate` and nothing else. */
  readonly ledgerUrl: string
  readonly keyringUrl: string
  /** Call after the last query: it ends every connection. Idempotent. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  readonly dataDir: string
  readonly log: Pick<Logger, 'info' | 'warn' | 'fatal'>
  /** The server died by itself. There is nothing to rescue in this process; the next start recovers. */
  readonly onLost?: () => void
  /** Server settings over ours; tests trade durability for speed with it. */
  readonly settings?: Readonly<Record<string, string>>
}

const admin = 'liggare_admin'
const majorVersion = '18'

/**
 * Starts the embedded server on `dataDir`, making it first if need be. There is no exit hook: whoever drains calls
 * `stop` after the drain, and a process that dies without is cleaned up after by the next start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { dataDir, log } = options
  const host = serverHost()
  const besides = `${dataDir}.run`
  ownedFolder(besides, host.user)
  const unlock = lockDatabase(besides)
  try {
    const password = initialise(host, dataDir, besides)
    const server = await startServer(host, dataDir, options.settings ?? {})
    let stopping: Promise<void> | undefined
    server.process.once('exit', (code, signal) => {
      if (stopping) return
      log.fatal({ code, signal }, 'the embedded database stopped by itself; start again to recover it')
      options.onLost?.()
    })
    const url = (database: string) => `postgresql://${admin}:${password}@127.0.0.1:${server.port}/${database}`
    const stop = () => {
      stopping ??= stopServer(server).finally(unlock)
      return stopping
    }
    try {
      await createDatabases(url('postgres'), ['liggare', 'liggare_keyring'])
    } catch (error) {
      await stop()
      throw error
    }
    log.warn(
      { dataDir },
      'demo mode: ledger and keyring lie in one embedded cluster, so one backup holds both texts and keys',
    )
    return { ledgerUrl: url('liggare'), keyringUrl: url('liggare_keyring'), stop }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Makes the cluster unless it is there, and returns the superuser's password. */
function initialise(host: ServerHost, dataDir: string, besides: string): string {
  const passwordFile = `${besides}/password`
  if (existsSync(`${dataDir}/PG_VERSION`)) return existing(dataDir, passwordFile)
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new DomainError(
      'misconfigured',
      `${dataDir} is not empty and no database: set LIGGARE_DATA_DIR to another folder`,
    )
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (host.user) chownSync(passwordFile, host.user.uid, host.user.gid)
  // Made under another name, so that an interrupted first start never leaves half a database under the right one.
  const unfinished = `${dataDir}.new`
  rmSync(unfinished, { recursive: true, force: true })
  ownedFolder(unfinished, host.user)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = [`--username=${admin}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const made = spawnSync(host.program('initdb'), ['-D', unfinished, ...locale, ...access], {
    ...host.user,
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  })
  if (made.status !== 0) {
    const reason = made.stderr?.split('\n').find((line) => /error|fatal/i.test(line)) ?? 'it gave no reason'
    throw new DomainError('misconfigured', `cannot make a database in ${dataDir}: ${reason}`, {
      cause: made.error,
    })
  }
  if (existsSync(dataDir)) rmdirSync(dataDir)
  renameSync(unfinished, dataDir)
  return password
}

function existing(dataDir: string, passwordFile: string): string {
  const version = readFileSync(`${dataDir}/PG_VERSION`, 'utf8').trim()
  if (version !== majorVersion) {
    throw new DomainError(
      'misconfigured',
      `${dataDir} is of PostgreSQL ${version}, this Liggare brings ${majorVersion}`,
    )
  }
  if (!existsSync(passwordFile)) {
    throw new DomainError('misconfigured', `${passwordFile} is missing: restore it together with ${dataDir}`)
  }
  return readFileSync(passwordFile, 'utf8')
}

async function createDatabases(url: string, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    for (const name of names) {
      if (!rows.some((row) => row.datname === name))
        await client.query(`create database ${client.escapeIdentifier(name)}`)
    }
  } finally {
    await client.end()
  }
}
