import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabases, roleUrl } from '../../services/db/open.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Ledger, openLedger } from '../../services/ledger/ledger.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { loadConfig } from '../../services/platform/config.ts'
import { createLogger } from '../../services/platform/log.ts'
import type { Cluster } from './cluster.ts'
import { authors } from './payload.ts'
import type { Target } from './requests.ts'

/** Liggare's two databases with their controllers, and the environment in which an api process serves them. */
export type House = {
  readonly name: string
  readonly databases: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** The controller that has all authors; then, if asked for, a hundred that share them. */
  readonly targets: readonly Target[]
}

/** Migrates two databases of the cluster and declares a channel for each controller. */
export async function buildHouse(
  cluster: Cluster,
  name: string,
  controllers: number,
  platform = 'facebook',
): Promise<House> {
  const databases = [`bench_${name}`, `bench_${name}_keyring`] as const
  for (const database of databases) await cluster.createDatabase(database)
  // One key file for all: roles belong to the whole cluster, and their passwords are derived from it.
  const keyFile = join(cluster.folder, 'keys/liggare.key')
  if (!existsSync(keyFile)) createKeyFile(keyFile)
  const provider = openKeyFile(keyFile)
  const passwordFor = (role: string) => provider.derive(`role/v1/${role}`).toString('base64url')
  const common = {
    LIGGARE_SAME_CLUSTER: 'true',
    LIGGARE_KEY_FILE: keyFile,
    LIGGARE_JOURNAL_FILE: join(cluster.folder, `journal/${name}.journal`),
  }
  const [ledgerUrl, keyringUrl] = [cluster.url(databases[0]), cluster.url(databases[1])]
  const config = loadConfig({ ...common, DATABASE_URL: ledgerUrl, KEYRING_DATABASE_URL: keyringUrl })
  const opened = await openDatabases(config, { passwordFor, log: createLogger({ level: 'silent' }) })
  try {
    await opened.migrate()
    const ledger = await openLedger({
      pool: opened.ledger('api'),
      keyringPool: opened.keyring(),
      provider,
      clock: systemClock,
    })
    const whole = await target(ledger, platform, 'kommunstyrelsen', 0, authors)
    const share = authors / controllers
    const others = Array.from({ length: controllers > 1 ? controllers : 0 }, (_, index) =>
      target(ledger, platform, `namnd-${index + 1}`, index * share, share),
    )
    return {
      name,
      databases,
      environment: {
        ...common,
        DATABASE_API_URL: roleUrl(ledgerUrl, 'liggare_api', passwordFor),
        KEYRING_ROLE_URL: roleUrl(keyringUrl, 'liggare_keyring', passwordFor),
      },
      targets: [whole, ...(await Promise.all(others))],
    }
  } finally {
    await opened.close()
  }
}

async function target(
  ledger: Ledger,
  platform: string,
  slug: string,
  first: number,
  count: number,
): Promise<Target> {
  const log = await ledger.create(slug)
  if (log === undefined) throw new Error(`${slug} is taken`)
  const document = {
    platform,
    name: 'Kommunens sida',
    controllership: 'ownAndThirdParty',
    legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
    openedOn: '2010-02-01',
    publicList: true,
  }
  const actor = { name: 'bench' }
  const { streamId } = await recordCommand(ledger, log, {
    type: 'channel.declared',
    actor,
    data: { document },
  })
  return { slug, channel: streamId, first, count }
}
