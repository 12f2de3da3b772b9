import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Databases, openDatabases } from '../../services/db/open.ts'
import type { DatabaseKind } from '../../services/db/roles.ts'
import { type Config, loadConfig } from '../../services/platform/config.ts'
import { createLogger } from '../../services/platform/log.ts'
import { cloneTemplate, connected, dropPair, testPassword, urlOf } from './template.ts'

/** Migrated, empty databases of one's own, with the configuration that leads to them (key file and journal in `folder`). */
export type TestDatabases = Databases & {
  readonly config: Config
  readonly folder: string
  /** Administrative URLs, above row-level security: to look behind the scenes, never to do what the test proves. */
  readonly url: (kind: DatabaseKind) => string
  /** Runs `work` on an administrative connection. */
  readonly asAdmin: <T>(kind: DatabaseKind, work: (client: pg.Client) => Promise<T>) => Promise<T>
}

export async function freshDatabases(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDatabases> {
  const { adminUrl, template } = inject('database')
  const pair = await cloneTemplate(adminUrl, template)
  const url = (kind: DatabaseKind) => urlOf(adminUrl, pair[kind])
  const folder = mkdtempSync(join(tmpdir(), 'liggare-files-'))
  const config = loadConfig({
    DATABASE_URL: url('ledger'),
    KEYRING_DATABASE_URL: url('keyring'),
    LIGGARE_SAME_CLUSTER: 'true',
    LIGGARE_KEY_FILE: join(folder, 'keys/liggare.key'),
    LIGGARE_JOURNAL_FILE: join(folder, 'journal/erasure.journal'),
    ...settings,
  })
  const databases = await openDatabases(config, {
    passwordFor: testPassword,
    log: createLogger({ level: 'silent' }),
  })
  return {
    ...databases,
    config,
    folder,
    url,
    asAdmin: (kind, work) => connected(url(kind), work),
    close: async () => {
      await databases.close()
      await dropPair(adminUrl, pair)
      rmSync(folder, { recursive: true })
    },
  }
}

/** The calling test file's own databases, there from its first `beforeAll` to its last `afterAll`. */
export function testDatabases(settings: Readonly<Record<string, string>> = {}): TestDatabases {
  let opened: TestDatabases | undefined
  beforeAll(async () => {
    opened = await freshDatabases(settings)
  })
  afterAll(async () => {
    await opened?.close()
  })
  return new Proxy({} as TestDatabases, {
    get: (_, name) => {
      if (opened === undefined) throw new Error('the test databases are there from beforeAll on')
      return opened[name as keyof TestDatabases]
    },
  })
}
