import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../../services/db/migrator.ts'
import { type DatabaseKind, ensureRoles, loginRoles, setPasswords } from '../../services/db/roles.ts'

/** Names of a ledger and a keyring database on the test server. */
export type DatabasePair = Readonly<Record<DatabaseKind, string>>

const kinds = ['ledger', 'keyring'] as const

/** The same for every run: several may share a server, and roles belong to the server. */
export const testPassword = (role: string): string => `test-${role}`

export function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

/** A migrated pair for others to be cloned from. Nobody may be connected to it while they are. */
export async function buildTemplate(adminUrl: string): Promise<DatabasePair> {
  const pair = newPair('liggare_template')
  for (const kind of kinds) {
    await connected(adminUrl, (client) =>
      client.query(`create database ${pair[kind]} encoding 'UTF8' template template0`),
    )
    await connected(urlOf(adminUrl, pair[kind]), async (client) => {
      await ensureRoles(client, kind)
      await setPasswords(
        client,
        Object.fromEntries(loginRoles[kind].map((role) => [role, testPassword(role)])),
      )
      await migrate(client, kind)
    })
  }
  return pair
}

export async function cloneTemplate(adminUrl: string, template: DatabasePair): Promise<DatabasePair> {
  const pair = newPair('liggare_test')
  await connected(adminUrl, async (client) => {
    for (const kind of kinds) await client.query(`create database ${pair[kind]} template ${template[kind]}`)
  })
  // Who may connect is no part of what a template passes on.
  for (const kind of kinds)
    await connected(urlOf(adminUrl, pair[kind]), (client) => ensureRoles(client, kind))
  return pair
}

export async function dropPair(adminUrl: string, pair: DatabasePair): Promise<void> {
  await connected(adminUrl, async (client) => {
    for (const kind of kinds) await client.query(`drop database if exists ${pair[kind]} with (force)`)
  })
}

function newPair(prefix: string): DatabasePair {
  const mark = randomBytes(5).toString('hex')
  return { ledger: `${prefix}_${mark}`, keyring: `${prefix}_${mark}_keyring` }
}

export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
