import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { archiveSources, webhookSources } from '../sources/list.ts'
import type { ArchiveSource, WebhookSource } from '../sources/source.ts'
import { type KeptDelivery, keptDeliveries } from './keep.ts'

/** The mappers of today: those of `sources/list.ts`, unless somebody has others. */
export type Mappers = {
  readonly webhooks: readonly WebhookSource[]
  readonly archives: readonly ArchiveSource[]
}

export const mappersOfToday: Mappers = { webhooks: webhookSources, archives: archiveSources }

/** A kept delivery and the newer version of the mapper that read it. */
export type Remappable =
  | { readonly kept: KeptDelivery; readonly route: 'hook'; readonly source: WebhookSource }
  | { readonly kept: KeptDelivery; readonly route: 'import'; readonly source: ArchiveSource }

/** Kept deliveries that were read by an older version of a mapper and by none as new as today's since, oldest first. */
export async function remappable(
  ledger: Ledger,
  log: Log,
  filter: { readonly since?: string; readonly channel?: string },
  mappers: Mappers,
): Promise<Remappable[]> {
  const kept = await keptDeliveries(ledger, log, filter)
  const older = kept.flatMap((it) => newerOf(it, mappers))
  if (older.length === 0) return []
  const done = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ id: string; mapper: string }>(
      `select e.stream_id as id, e.header::jsonb -> 'data' ->> 'mapper' as mapper from ledger.event e
        where e.controller_id = $1 and e.stream_id = any ($2::uuid[]) and e.type = 'delivery.remapped'`,
      [log.controller, older.map((it) => it.kept.id)],
    )
    return new Set(rows.map((row) => `${row.id} ${row.mapper}`))
  })
  return older.filter((it) => !done.has(`${it.kept.id} ${it.source.mapper}`))
}

function newerOf(kept: KeptDelivery, { webhooks, archives }: Mappers): Remappable[] {
  const isNewer = (it: { readonly mapper: string }) => isNewerMapper(it.mapper, kept.mapper)
  if (kept.route === 'hook') {
    const source = webhooks.find(isNewer)
    return source === undefined ? [] : [{ kept, route: 'hook', source }]
  }
  const source = archives.find(isNewer)
  return source === undefined ? [] : [{ kept, route: 'import', source }]
}

/** Of the same mapper (`facebook-webhook/v2`), a later version. */
function isNewerMapper(mapper: string, than: string): boolean {
  const [name, version] = splitMapper(mapper)
  const [otherName, otherVersion] = splitMapper(than)
  return name === otherName && version > otherVersion
}

function splitMapper(mapper: string): [string, number] {
  const [, name = mapper, version = '0'] = /^(.+)\/v(\d+)$/.exec(mapper) ?? []
  return [name, Number(version)]
}
