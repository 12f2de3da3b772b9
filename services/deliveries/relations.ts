import type { Interaction } from '../events/interaction.ts'
import { objectTextOf } from '../interactions/fact.ts'
import { findIds } from '../ledger/find.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { stableIdentity } from '../subjects/identify.ts'
import { isOwn, type OwnAccount, type Relations } from './scope.ts'

/** What a delivery has shown so far of the account's own objects: others' records are judged by it and by the log. */
export type Kinship = {
  /** Object ids that the account made, and those that it answered, within this delivery. */
  readonly own: Set<string>
  readonly answered: Set<string>
}

export function newKinship(): Kinship {
  return { own: new Set(), answered: new Set() }
}

/** Notes an own record. Others are not remembered: their number is not bounded by what the controller has done. */
export function noteOwn(kinship: Kinship, interaction: Interaction, account: OwnAccount): void {
  if (!isOwn(interaction, account)) return
  kinship.own.add(interaction.objectId)
  if (interaction.inReplyTo !== undefined) kinship.answered.add(interaction.inReplyTo)
}

/** The relations of some records to own ones, by what the delivery has shown and by what the log holds. */
export async function relationsOf(
  ledger: Ledger,
  log: Log,
  account: OwnAccount,
  kinship: Kinship,
  interactions: readonly Interaction[],
): Promise<Relations[]> {
  const parentsOf = (it: Interaction) => [it.inReplyTo, it.thread].filter((id) => id !== undefined)
  const channel = interactions[0]?.channel ?? ''
  const wanted = new Set(interactions.flatMap((it) => [it.objectId, ...parentsOf(it)]))
  const held = await heldObjects(ledger, log, channel, account, [...wanted])
  return interactions.map((it) => ({
    repliesToOwn: parentsOf(it).some(
      (id) => kinship.own.has(id) || held.own.has(id) || isOnOwnPage(id, account),
    ),
    answeredByOwn: kinship.answered.has(it.objectId) || held.answered.has(it.objectId),
  }))
}

/** Facebook's ids of posts begin with the page's: so they are known before the post itself has been seen. */
function isOnOwnPage(objectId: string, account: OwnAccount): boolean {
  const page = /^(\d+)_\d+$/.exec(objectId)?.[1]
  return account.platform === 'facebook' && page !== undefined && account.platformIds.has(page)
}

async function heldObjects(
  ledger: Ledger,
  log: Log,
  channel: string,
  account: OwnAccount,
  objectIds: readonly string[],
): Promise<{ own: Set<string>; answered: Set<string> }> {
  const identities = [...account.platformIds].map(
    (platformId) => stableIdentity(account.platform, { platformId }) ?? '',
  )
  const found = await findIds(ledger, log, {
    objects: objectIds.map((id) => objectTextOf(channel, id)),
    identities,
  })
  const subjects = found.identities.filter((id) => id !== undefined)
  const native = new Map<string, string>()
  for (const [index, id] of found.objects.entries())
    if (id !== undefined) native.set(id, objectIds[index] as string)
  if (subjects.length === 0 || native.size === 0) return { own: new Set(), answered: new Set() }
  const rows = await reading(ledger, log, async (tx) => {
    const result = await tx.query<{ id: string; own: boolean; answered: boolean }>(
      `select w.id,
         exists (select from ledger.event e join ledger.event_part p on p.controller_id = $1 and p.position = e.position
                 where e.controller_id = $1 and e.stream_id = w.id and p.subject_id = any ($3::uuid[]) and p.role = 'author') as own,
         exists (select from model.object o
                 join ledger.event e on e.controller_id = $1 and e.position = o.first_position
                 join ledger.event_part p on p.controller_id = $1 and p.position = e.position
                 where o.controller_id = $1 and o.thread_id = w.id and p.subject_id = any ($3::uuid[]) and p.role = 'author') as answered
       from unnest($2::uuid[]) w(id)`,
      [log.controller, [...native.keys()], subjects],
    )
    return result.rows
  })
  const ofRows = (pick: (row: { own: boolean; answered: boolean }) => boolean) =>
    new Set(rows.filter(pick).map((row) => native.get(row.id) as string))
  return { own: ofRows((row) => row.own), answered: ofRows((row) => row.answered) }
}
