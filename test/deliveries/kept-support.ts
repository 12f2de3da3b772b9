import { hookDirectory } from '../../services/deliveries/hook-directory.ts'
import { type Hooks, receive } from '../../services/deliveries/hooks.ts'
import { openDelivery } from '../../services/deliveries/keep.ts'
import { refusals } from '../../services/deliveries/refusals.ts'
import { setSecrets } from '../../services/deliveries/secrets.ts'
import type { ChannelDeclaration } from '../../services/events/channel.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { metaSignature, sign } from '../../services/sources/signature.ts'
import { jsonBody } from '../support/translate.ts'
import { actor, newChannel } from './support.ts'

const secret = 'appsecret-1'

/** A page that a platform posts to. */
export type Page = {
  readonly channel: string
  /** Posts feed values as one signed body; false where it was refused. */
  readonly post: (...values: readonly object[]) => Promise<boolean>
}

/** A declared Facebook page (account 101) with its secret set. */
export async function newPage(
  ledger: Ledger,
  log: Log,
  given: Partial<ChannelDeclaration> = {},
): Promise<Page> {
  const channel = await newChannel(ledger, log, { platform: 'facebook', accountId: '101', ...given })
  await setSecrets(ledger, log, channel, { secrets: [secret] }, actor)
  const hooks: Hooks = { ledger, directory: hookDirectory(ledger), refusals: refusals(ledger) }
  return {
    channel,
    post: (...values) => {
      const changes = values.map((value) => ({ field: 'feed', value }))
      const body = jsonBody({ object: 'page', entry: [{ id: '101', time: 1_772_700_001, changes }] })
      const headers = {
        [metaSignature.header]: metaSignature.prefix + sign(metaSignature, Buffer.from(secret), body),
      }
      return receive(hooks, 'facebook', channel, { body, headers })
    },
  }
}

/** A comment on post 101_1 of the page, by an invented person, of 5 March 2026 unless told otherwise. */
export function feedComment(id: string, message: string, more: Record<string, unknown> = {}) {
  return {
    item: 'comment',
    verb: 'add',
    comment_id: `101_1_${id}`,
    post_id: '101_1',
    parent_id: '101_1',
    from: { id: '7007', name: 'Bo Prov' },
    message,
    created_time: 1_772_700_000,
    ...more,
  }
}

export type DeliveryRow = { readonly id: string; readonly isKept: boolean; readonly indexed: boolean }

export function deliveryRows(ledger: Ledger, log: Log): Promise<DeliveryRow[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<DeliveryRow>(
      `select delivery_id as id, destroyed_by is null as "isKept", indexed from ledger.delivery
        where controller_id = $1 order by delivery_id`,
      [log.controller],
    )
    return rows
  })
}

/** The texts of the log's deliveries, in order; undefined for what opens no more. */
export async function bodiesOf(ledger: Ledger, log: Log): Promise<(string | undefined)[]> {
  const bodies = []
  for (const { id } of await deliveryRows(ledger, log)) {
    const bytes = await openDelivery(ledger, log, id, undefined)
    bodies.push(bytes && Buffer.concat(await Array.fromAsync(bytes)).toString())
  }
  return bodies
}
