import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { DomainError } from '../platform/errors.ts'
import { scramVerifier } from './scram.ts'

/** The two databases. They share no transaction, and in production no cluster and no backup. */
export type DatabaseKind = 'ledger' | 'keyring'

/** Who works at the ledger; each is a login of its own with the rights of its task. */
export type LedgerRole = 'api' | 'worker' | 'purge' | 'auditor'

/** The logins of a database, by their names in PostgreSQL. */
export const loginRoles: Readonly<Record<DatabaseKind, readonly string[]>> = {
  ledger: ['liggare_api', 'liggare_worker', 'liggare_purge', 'liggare_auditor'],
  keyring: ['liggare_keyring'],
}

/** Owns every object and cannot log in. */
export const ownerRole: Readonly<Record<DatabaseKind, string>> = {
  ledger: 'liggare_owner',
  keyring: 'liggare_keyring_owner',
}

const rolesSql = new URL('../../migrations/roles.sql', import.meta.url)

/**
 * Makes the roles that are missing and closes the database to everybody else. `client` is administrative. Roles are
 * shared by the whole cluster, so that two migrations of different databases may meet in them: the later tries again.
 */
export async function ensureRoles(client: pg.ClientBase, kind: DatabaseKind): Promise<void> {
  const text = readFileSync(rolesSql, 'utf8')
  await retried(async () => {
    await client.query(`select set_config('liggare.kind', $1, false)`, [kind])
    await client.query(text)
  })
}

/** Sets the passwords by which the roles log in. */
export async function setPasswords(
  client: pg.ClientBase,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [role, password] of Object.entries(passwords)) {
    const verifier = pg.escapeLiteral(scramVerifier(password))
    await retried(() => client.query(`alter role ${pg.escapeIdentifier(role)} password ${verifier}`))
  }
}

// Tuple concurrently updated; unique violation in a catalog; the role appeared since we looked.
const met = new Set(['XX000', '23505', '42710'])

async function retried(attempt: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await attempt()
      return
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (code === 'LGR01') throw new DomainError('misconfigured', (error as Error).message, { cause: error })
      if (!met.has(code) || tried === 10) throw error
      await sleep(tried * 20)
    }
  }
}
