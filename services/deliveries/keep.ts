import { int8Array } from '../ledger/binary-array.ts'
import { blobKey, openStream, sealStream } from '../ledger/blob.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { secretLength } from '../ledger/seal.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { randomBytes } from '../platform/ids.ts'
import type { Origin } from './drafts.ts'
import type { Route } from './events.ts'
import type { FileStore } from './file-store.ts'

/** A delivery that is kept as it came: what its row tells. */
export type KeptDelivery = {
  readonly id: string
  readonly channel: string
  readonly receivedOn: string
  readonly platform: string
  readonly mapper: string
  readonly route: Route
  /** Length as it came, in bytes. */
  readonly bytes: number
}

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

async function newKey(ledger: Ledger, log: Log, id: string): Promise<Buffer> {
  // One that was cut short before its delivery stood has left its key: it is used, not made a second time.
  const left = (await ledger.keyring.recordSecrets(log.controller, [id])).get(id)
  if (left !== undefined) return blobKey(left, log.controller, id)
  const secrets = randomBytes(secretLength)
  // Keyring first, as with events: a key without a delivery is swept after a day.
  await ledger.keyring.put(log.controller, { subjects: [], records: [{ eventId: id, secrets }] })
  return blobKey(secrets, log.controller, id)
}

async function insert(
  ledger: Ledger,
  log: Log,
  origin: Origin,
  route: Route,
  bytes: number,
  body: Buffer | null,
): Promise<void> {
  await ledger.pool.query('select ledger.keep_delivery($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
    log.controller,
    origin.delivery,
    origin.channel,
    localDay(new Date(origin.receivedAt)),
    origin.platform,
    origin.mapper,
    route,
    bytes,
    body,
  ])
}

/** Whether a delivery has a row, be it kept or destroyed: then it is not kept a second time. */
export async function isNoted(ledger: Ledger, log: Log, id: string): Promise<boolean> {
  return reading(ledger, log, async (tx) => {
    const { rowCount } = await tx.query(
      'select from ledger.delivery where controller_id = $1 and delivery_id = $2',
      [log.controller, id],
    )
    return rowCount === 1
  })
}

/** Keeps a body in a row, sealed. What it carried is noted by `indexDelivery`. */
export async function keepBody(ledger: Ledger, log: Log, origin: Origin, body: Uint8Array): Promise<void> {
  const key = await newKey(ledger, log, origin.delivery)
  const chunks: Buffer[] = []
  for await (const chunk of sealStream(key, [body])) chunks.push(chunk)
  await insert(ledger, log, origin, 'hook', body.length, Buffer.concat(chunks))
}

/** Keeps an archive in the file store, sealed, before anything of it is taken in. */
export async function keepFile(
  ledger: Ledger,
  log: Log,
  origin: Origin,
  store: FileStore,
  file: { readonly pieces: Pieces; readonly size: number },
): Promise<void> {
  const key = await newKey(ledger, log, origin.delivery)
  await store.put(log.controller, origin.delivery, sealStream(key, file.pieces))
  await insert(ledger, log, origin, 'import', file.size, null)
}

/**
 * Notes the objects at some positions (ranges `17-516,518`) as carried by a kept delivery. `closed`: these were the last;
 * `let-go`: it carries what was disposed of before and must not stay. False where it is not kept, or no longer, because one of
 * them is condemned.
 */
export async function indexDelivery(
  ledger: Ledger,
  log: Log,
  id: string,
  ranges: readonly string[],
  end?: 'closed' | 'let-go',
): Promise<boolean> {
  const pairs = ranges
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '')
    .map((text) => text.split('-'))
  const { rows } = await ledger.pool.query<{ stays: boolean }>(
    'select ledger.index_delivery($1, $2, $3::bigint[], $4::bigint[], $5::text) as stays',
    [
      log.controller,
      id,
      int8Array(pairs.map(([first]) => BigInt(first as string))),
      int8Array(pairs.map(([first, last]) => BigInt(last ?? (first as string)))),
      end ?? null,
    ],
  )
  return rows[0]?.stays === true
}

/** The kept deliveries that a condition on `ledger.delivery d` ($1 = controller) finds, oldest first. */
export async function keptDeliveries(
  ledger: Ledger,
  log: Log,
  filter: {
    readonly since?: string
    readonly channel?: string
    readonly ids?: readonly string[]
    /** Only those whose import has not come to its end. */
    readonly open?: boolean
  },
): Promise<KeptDelivery[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{
      delivery_id: string
      channel_id: string
      received_on: string
      platform: string
      mapper: string
      route: Route
      bytes: string
    }>(
      `select delivery_id, channel_id, received_on, platform, mapper, route, bytes from ledger.delivery
        where controller_id = $1 and destroyed_by is null and ($2::date is null or received_on >= $2)
          and ($3::uuid is null or channel_id = $3) and ($4::uuid[] is null or delivery_id = any ($4)) and not (indexed and $5)
        order by received_on, delivery_id`,
      [
        log.controller,
        filter.since ?? null,
        filter.channel ?? null,
        filter.ids ?? null,
        filter.open === true,
      ],
    )
    return rows.map((row) => ({
      id: row.delivery_id,
      channel: row.channel_id,
      receivedOn: row.received_on,
      platform: row.platform,
      mapper: row.mapper,
      route: row.route,
      bytes: Number(row.bytes),
    }))
  })
}

/**
 * The bytes of a kept delivery as they came; undefined where its key is destroyed. Personal data of many: only for a purpose that a
 * look-up has recorded.
 */
export async function openDelivery(
  ledger: Ledger,
  log: Log,
  id: string,
  store: FileStore | undefined,
): Promise<AsyncIterable<Buffer> | undefined> {
  const secret = (await ledger.keyring.recordSecrets(log.controller, [id])).get(id)
  const row = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ body: Buffer | null }>(
      'select body from ledger.delivery where controller_id = $1 and delivery_id = $2 and destroyed_by is null',
      [log.controller, id],
    )
    return rows[0]
  })
  if (secret === undefined || row === undefined) return undefined
  const key = blobKey(secret, log.controller, id)
  if (row.body !== null) return openStream(key, [row.body])
  if (store === undefined)
    throw new DomainError(
      'not-found',
      `The sealed file of delivery ${id} is in no store that is set up here.`,
    )
  return openStream(key, await store.read(log.controller, id))
}
