import { join } from 'node:path'
import { controllersOf, writeBackup } from '../../services/commands/backup-write.ts'
import { readBackup } from '../../services/commands/restore-read.ts'
import type { DatabaseKind } from '../../services/db/roles.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { lookUp, reading } from '../../services/ledger/open.ts'
import { type Recovered, recover } from '../../services/ledger/recover.ts'
import { createLogger } from '../../services/platform/log.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { freshDatabases, type TestDatabases } from '../support/database.ts'
import { commentDraft, testLedger } from './support.ts'

const logger = createLogger({ level: 'silent' })
const today = '2026-11-23'

/** Liggare as one process sees it after a start: everything it remembers is read anew. */
export type Opened = { readonly ledger: Ledger; readonly purge: PurgeDeps; readonly log: Log }

export type World = Awaited<ReturnType<typeof world>>

/** Databases with a log of `old` due and `fresh` lasting comments and a rule, which can be backed up and set back. */
export async function world(old = 3, fresh = 2) {
  const databases = await freshDatabases()
  const open = async (): Promise<Opened> => {
    const { ledger, purge } = await testLedger(databases)
    const log = (await ledger.find('namnd')) ?? ((await ledger.create('namnd')) as Log)
    return { ledger, purge, log }
  }
  const first = await open()
  await declareRule(first)
  await comments(first, old, fresh)
  let backups = 0
  return {
    databases,
    first,
    open,
    close: async () => databases.close(),
    backup: async () => {
      backups += 1
      const folder = join(databases.folder, `backup-${backups}`)
      for (const kind of ['ledger', 'keyring'] as const) await dump(databases, kind, folder)
      return folder
    },
    restore: async (folder: string, kinds: readonly DatabaseKind[]) => {
      for (const kind of kinds) {
        await empty(databases, kind)
        await databases.asAdmin(kind, (client) => readBackup(client, kind, join(folder, kind), () => {}))
      }
    },
  }
}

async function dump(databases: TestDatabases, kind: DatabaseKind, folder: string): Promise<void> {
  const controllers = await databases.asAdmin('ledger', controllersOf)
  await databases.asAdmin(kind, (client) =>
    writeBackup(client, {
      kind,
      folder: join(folder, kind),
      takenAt: new Date('2026-11-23T10:00:00Z'),
      controllers,
      journal: null,
      onProgress: () => {},
    }),
  )
}

/** A database that only `migrate` has touched: what a restore wants. */
async function empty(databases: TestDatabases, kind: DatabaseKind): Promise<void> {
  await databases.asAdmin(kind, async (client) => {
    const { rows } = await client.query<{ name: string; partition: boolean }>(
      `select c.oid::regclass::text as name, c.relispartition as partition from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('ledger', 'model', 'keyring') and c.relkind in ('r', 'p') order by c.relispartition desc`,
    )
    await client.query('set session_replication_role = replica')
    for (const row of rows)
      await client.query(`${row.partition ? 'drop' : 'truncate'} table ${row.name} cascade`)
  })
}

async function declareRule({ ledger, log }: Opened): Promise<void> {
  const document = RetentionRule.parse({
    name: 'Kommentarer av ringa betydelse',
    recordType: 'Kommentar',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    decision: { body: 'Nämnden', reference: 'N 2026/1', date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-02-01',
  })
  await recordCommand(ledger, log, {
    type: 'rule.declared',
    expectedVersion: 0,
    actor: { name: 'archivist' },
    data: { document },
  })
}

/** Appends comments; answers what became of each, as a source that delivers them again would be told. */
export async function comments({ ledger, log }: Opened, old: number, fresh: number, from = 0) {
  const drafts = Array.from({ length: old + fresh }, (_, n) =>
    commentDraft(`o-${from + n}`, {
      occurredAt: n < old ? '2026-03-05T10:15:00+01:00' : '2026-11-20T10:15:00+01:00',
      text: textOf(from + n),
    }),
  )
  const appended = await ledger.writer(log).append(drafts)
  return appended.map((it) => it.kind)
}

export const textOf = (n: number) => `Yttrande nummer ${n}`

export async function purgeDue({ ledger, purge, log }: Opened): Promise<string> {
  const id = await orderPurge(ledger, log, 'archivist', today)
  await executePurge(purge, log, id, 'archivist')
  return id
}

export const recovered = ({ purge }: Opened): Promise<Recovered> => recover(purge, logger)

/** Every interaction's text by its place in the log, undefined where nothing opens it. */
export async function texts({ ledger, log }: Opened): Promise<(string | undefined)[]> {
  return lookUp(ledger, log, { actor: { name: 'test' }, kind: 'shown', purpose: 'test', scope: {} }, (open) =>
    reading(ledger, log, async (tx) => {
      const { rows } = await tx.query<{ position: string }>(
        "select position from ledger.event where controller_id = $1 and type like 'interaction.%' order by position",
        [log.controller],
      )
      const parts = await open(
        tx,
        rows.map((row) => row.position),
      )
      return parts
        .filter((part) => part.category === 'content')
        .map((part) => part.content?.['text'] as string | undefined)
    }),
  )
}

export async function eventsOf(
  { ledger, log }: Opened,
  type: string,
): Promise<{ id: string; data: Record<string, unknown> }[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ id: string; data: Record<string, unknown> }>(
      "select event_id as id, header::jsonb -> 'data' as data from ledger.event where controller_id = $1 and type = $2 order by position",
      [log.controller, type],
    )
    return rows
  })
}

/** Sealed parts, fact digests and keys that are left of events. */
export async function left({ databases }: World, { log }: Opened, eventIds: readonly string[]) {
  const sealed = await databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query<{ parts: number; digests: number }>(
      `select (select count(*) from ledger.sealed_part s join ledger.event e using (controller_id, position) where e.controller_id = $1 and e.event_id = any ($2))::int as parts,
         (select count(*) from ledger.fact_digest f join ledger.event e using (controller_id, position) where e.controller_id = $1 and e.event_id = any ($2))::int as digests`,
      [log.controller, eventIds],
    )
    return rows[0]
  })
  const keys = await databases.asAdmin('keyring', async (client) => {
    const { rows } = await client.query<{ keys: number }>(
      'select count(*)::int as keys from keyring.record_key where controller_id = $1 and event_id = any ($2)',
      [log.controller, eventIds],
    )
    return rows[0]?.keys
  })
  return { ...sealed, keys }
}

export async function interactionIds({ ledger, log }: Opened): Promise<string[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ event_id: string }>(
      "select event_id from ledger.event where controller_id = $1 and type like 'interaction.%' order by position",
      [log.controller],
    )
    return rows.map((row) => row.event_id)
  })
}
