import type { logSize } from '../ledger/read.ts'

type Tx = Parameters<typeof logSize>[0]

/** How many persons were seen on a channel after some others. */
type Reach = { readonly channel: string; readonly earlier: readonly string[]; readonly subjects: number }

/**
 * Persons seen on each channel and on some sets of them. Counters: costs the channels, not the persons. By channel, since
 * that is what is counted: an activity limited to some verbs shows the persons of its channels.
 */
export async function countSubjects(
  tx: Tx,
  controller: number,
  sets: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ channel: string; earlier: string[]; subjects: string }>(
    `select r.channel_id as channel, r.earlier::text[] as earlier, r.subjects from model.channel_reach r
      where r.controller_id = $1`,
    [controller],
  )
  const reach = rows.map((row): Reach => ({ ...row, subjects: Number(row.subjects) }))
  const single = new Map([...new Set(reach.map(({ channel }) => channel))].map((it) => [it, [it]]))
  return new Map([...single, ...sets].map(([key, channels]) => [key, personsOf(reach, channels)]))
}

/** Everybody seen on any of the channels, each counted where they came first among them. */
function personsOf(reach: readonly Reach[], channels: readonly string[]): number {
  const among = new Set(channels)
  return reach
    .filter(({ channel, earlier }) => among.has(channel) && !earlier.some((it) => among.has(it)))
    .reduce((sum, { subjects }) => sum + subjects, 0)
}

/** As {@link countSubjects}, of what had occurred by a day: counted from the log itself. */
export async function countSubjectsUpTo(
  tx: Tx,
  controller: number,
  sets: ReadonlyMap<string, readonly string[]>,
  day: string,
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ channels: string[]; n: number }>(
    `select x.channels, count(*)::int as n
       from (
         select p.subject_id, array_agg(distinct e.channel_id::text) as channels
           from ledger.event e
           join ledger.event_part p on p.controller_id = $1 and p.position = e.position
          where e.controller_id = $1 and starts_with(e.type, 'interaction.') and e.occurred_on <= $2
          group by p.subject_id) x
      group by x.channels`,
    [controller, day],
  )
  const single = new Map([...new Set(rows.flatMap(({ channels }) => channels))].map((it) => [it, [it]]))
  return new Map(
    [...single, ...sets].map(([key, channels]) => [
      key,
      rows
        .filter((row) => row.channels.some((it) => channels.includes(it)))
        .reduce((sum, { n }) => sum + n, 0),
    ]),
  )
}
