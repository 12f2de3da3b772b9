import pg from 'pg'
import type { Config, Secrets } from '../platform/config.ts'
import { DomainError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { assertSeparateClusters, openPool } from './connect.ts'
import { startEmbedded } from './embedded.ts'
import { installJobSchema } from './job-schema.ts'
import { assertMigrated, type MigrationReport, migrate } from './migrator.ts'
import { type DatabaseKind, ensureRoles, type LedgerRole, loginRoles, setPasswords } from './roles.ts'

/** Both databases, embedded or elsewhere; pools are opened when first asked for. */
export type Databases = {
  readonly embedded: boolean
  /** Roles, passwords and migrations of both databases. Needs the administrative URLs. */
  migrate(): Promise<readonly MigrationReport[]>
  /** Refuses databases of another version than the code's, and keys in the same cluster as the texts. */
  assertReady(role: LedgerRole): Promise<void>
  ledger(role: LedgerRole): pg.Pool
  keyring(): pg.Pool
  /** A connected administrative client, above row-level security: for migrate only. The caller ends it. */
  admin(kind: DatabaseKind): Promise<pg.Client>
  /** Ends the pools and then the embedded server. Call after the drain. */
  close(): Promise<void>
}

export type OpenOptions = {
  /** The password of a role (`liggare_api` …) whose URL the configuration does not name. */
  readonly passwordFor: (role: string) => string
  readonly log: Logger
  /** The embedded server died by itself: the process should end with an error. */
  readonly onLost?: () => void
  readonly settings?: Readonly<Record<string, string>>
}

const roleUrlKey: Readonly<Record<string, keyof Secrets>> = {
  liggare_api: 'databaseApiUrl',
  liggare_worker: 'databaseWorkerUrl',
  liggare_purge: 'databasePurgeUrl',
  liggare_auditor: 'databaseAuditorUrl',
  liggare_keyring: 'keyringRoleUrl',
}

/** Whose work may take long, over the whole log: verify, audit, rebuild set the server's limit aside. */
const patient: readonly string[] = ['liggare_worker', 'liggare_auditor']

const poolSize: Readonly<Record<string, number>> = { liggare_api: 20, liggare_worker: 8, liggare_keyring: 10 }

export async function openDatabases(config: Config, options: OpenOptions): Promise<Databases> {
  const { log } = options
  const { onLost, settings } = options
  const embedded = config.embedded
    ? await startEmbedded({
        dataDir: config.dataDir,
        log,
        ...(onLost && { onLost }),
        ...(settings && { settings }),
      })
    : undefined
  const adminUrl: Record<DatabaseKind, string | undefined> = {
    ledger: embedded?.ledgerUrl ?? config.secrets.databaseUrl,
    keyring: embedded?.keyringUrl ?? config.secrets.keyringDatabaseUrl,
  }
  const pools = new Map<string, pg.Pool>()
  let closing: Promise<void> | undefined

  const admin = async (kind: DatabaseKind) => {
    const url = adminUrl[kind]
    if (url === undefined) {
      throw new DomainError('misconfigured', 'migrate needs DATABASE_URL and KEYRING_DATABASE_URL')
    }
    const client = new pg.Client({
      connectionString: url,
      application_name: 'liggare migrate',
      connectionTimeoutMillis: config.databaseSeconds * 1_000,
      keepAlive: true,
    })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const pool = (kind: DatabaseKind, role: string) => {
    const known = pools.get(role)
    if (known) return known
    const own = roleUrlKey[role] && config.secrets[roleUrlKey[role]]
    const url = own ?? roleUrl(adminUrl[kind], role, options.passwordFor)
    const opened = openPool(url, {
      role,
      max: poolSize[role] ?? 4,
      applicationName: `liggare ${role}`,
      log,
      patience: config.databaseSeconds * 1_000,
      statementTimeout: config.statementSeconds * 1_000,
      givesUp: !patient.includes(role),
    })
    pools.set(role, opened)
    return opened
  }
  const migrateOne = async (kind: DatabaseKind) => {
    const client = await admin(kind)
    try {
      await ensureRoles(client, kind)
      await setPasswords(client, passwordsOf(kind, config.secrets, options.passwordFor))
      const report = await migrate(client, kind)
      if (kind === 'ledger') await installJobSchema(client)
      return report
    } finally {
      await client.end()
    }
  }

  return {
    embedded: embedded !== undefined,
    migrate: async () => [await migrateOne('ledger'), await migrateOne('keyring')],
    assertReady: async (role) => {
      const ledger = pool('ledger', `liggare_${role}`)
      const keyring = pool('keyring', 'liggare_keyring')
      await reached(`liggare_${role}`, () => assertMigrated(ledger, 'ledger'))
      await reached('liggare_keyring', () => assertMigrated(keyring, 'keyring'))
      if (!embedded) await assertSeparateClusters(ledger, keyring, config.sameCluster, log)
    },
    ledger: (role) => pool('ledger', `liggare_${role}`),
    keyring: () => pool('keyring', 'liggare_keyring'),
    admin,
    close: () => {
      closing ??= Promise.all([...pools.values()].map((one) => one.end())).then(() => embedded?.stop())
      return closing
    },
  }
}

async function reached(role: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    const code = (cause as { code?: string }).code ?? 'no code'
    throw new DomainError(
      'misconfigured',
      `the database cannot be used as ${role} (${code}): did migrate run?`,
      { cause },
    )
  }
}

/** The administrative URL with another login. */
export function roleUrl(
  adminUrl: string | undefined,
  role: string,
  passwordFor: (role: string) => string,
): string {
  const url = adminUrl === undefined ? undefined : new URL(adminUrl)
  // Without a host (a socket in the query) a URL has no place for a login.
  if (url === undefined || url.host === '') {
    throw new DomainError(
      'misconfigured',
      `there is no URL from which to derive the login of ${role}: set that role's own`,
    )
  }
  url.username = role
  url.password = encodeURIComponent(passwordFor(role))
  return url.href
}

// A role whose URL is given keeps the password in it, so that either way of configuring logs in after a migrate.
function passwordsOf(
  kind: DatabaseKind,
  secrets: Secrets,
  passwordFor: (role: string) => string,
): Record<string, string> {
  const passwords: Record<string, string> = {}
  for (const role of loginRoles[kind]) {
    const own = roleUrlKey[role] && secrets[roleUrlKey[role]]
    const url = own === undefined ? undefined : new URL(own)
    if (url === undefined) passwords[role] = passwordFor(role)
    else if (url.username === role && url.password !== '') passwords[role] = decodeURIComponent(url.password)
  }
  return passwords
}
