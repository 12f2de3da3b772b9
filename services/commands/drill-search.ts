import { hash } from 'node:crypto'
import { filesWith, formsOf, keyCopies } from '../demo/evidence.ts'
import { plantedText } from '../demo/facebook.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { canonicalJson } from '../platform/json.ts'
import { withAdmin } from './backup-run.ts'
import { backupTables } from './backup-tables.ts'
import type { Runtime } from './runtime.ts'

/** SHA-256 of what each interaction's parts say, by event id; an event of which any part does not open is left out. */
export type Contents = ReadonlyMap<string, string>

const page = 500

export async function contentsOf(ledger: Ledger, logs: readonly Log[]): Promise<Contents> {
  const contents = new Map<string, string>()
  const look = { actor: { name: 'drill' }, kind: 'machine-scan', purpose: 'drill', scope: {} } as const
  for (const log of logs) {
    await lookUp(ledger, log, look, async (open) => {
      for (let after = '-1'; ; ) {
        const done = await reading(ledger, log, async (tx) => {
          const { rows } = await tx.query<{ position: string; event_id: string }>(
            `select position, event_id from ledger.event
              where controller_id = $1 and position > $2 and type like 'interaction.%' order by position limit ${page}`,
            [log.controller, after],
          )
          const parts = await open(
            tx,
            rows.map((row) => row.position),
          )
          for (const { position, event_id } of rows) {
            const own = parts.filter((part) => part.position === position).map((part) => part.content ?? null)
            if (!own.includes(null)) contents.set(event_id, hash('sha256', canonicalJson(own)))
          }
          after = rows.at(-1)?.position ?? after
          return rows.length < page
        })
        if (done) return
      }
    })
  }
  return contents
}

/** What is left of the destroyed events in the tables: sealed parts, digests of facts, keys. */
export async function rowsLeft(runtime: Runtime, destroyed: readonly string[]): Promise<number> {
  const ledger = await withAdmin(runtime, 'ledger', async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `select ((select count(*) from ledger.sealed_part s join ledger.event e using (controller_id, position) where e.event_id = any ($1))
        + (select count(*) from ledger.fact_digest f join ledger.event e using (controller_id, position) where e.event_id = any ($1)))::int as count`,
      [destroyed],
    )
    return rows[0]?.count as number
  })
  const keyring = await withAdmin(runtime, 'keyring', async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'select count(*)::int as count from keyring.record_key where event_id = any ($1)',
      [destroyed],
    )
    return rows[0]?.count as number
  })
  return ledger + keyring
}

/** In how many tables, and in how many files below the folders, the purged sentence stands in any form. */
export async function plaintextIn(
  runtime: Runtime,
  folders: readonly string[],
): Promise<{ tables: number; files: number; searched: number }> {
  const forms = formsOf(plantedText).map((form) => form.toString('latin1'))
  const texts = [plantedText, ...forms.slice(1, 5)]
  let tables = 0
  for (const kind of ['ledger', 'keyring'] as const) {
    await withAdmin(runtime, kind, async (client) => {
      for (const { name } of await backupTables(client, kind)) {
        const { rows } = await client.query<{ any: boolean }>(
          `select exists (select from ${name} t where exists (select from unnest($1::text[]) x where position(x in t::text) > 0)) as any`,
          [texts],
        )
        if (rows[0]?.any === true) tables += 1
      }
      await client.query('checkpoint')
    })
  }
  const { files, hits } = filesWith(folders, plantedText)
  return { tables, files: hits, searched: files }
}

/** How many copies of destroyed keys, in pages and WAL, open with any epoch key that is left. */
export async function keysThatOpen(
  runtime: Runtime,
  folders: readonly string[],
  log: Log,
  destroyed: readonly string[],
): Promise<{ found: number; opened: number }> {
  const { provider } = runtime
  await withAdmin(runtime, 'keyring', (client) => client.query('checkpoint'))
  const keys = new Map<number, Buffer>()
  for (let epoch = 1; (await provider.epochState(epoch)) !== 'absent'; epoch += 1) {
    if ((await provider.epochState(epoch)) === 'live') keys.set(epoch, await provider.epochKey(epoch))
  }
  return keyCopies(folders, log.controller, destroyed, keys)
}
