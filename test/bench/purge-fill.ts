import pg from 'pg'
import type { Cluster } from './cluster.ts'
import type { House } from './house.ts'

/** A log as it would be after years of comments, written below Liggare: what is measured is its destruction, not its making. */
export type Filling = {
  readonly controller: number
  readonly channel: string
  readonly stored: number
  /** The oldest of them, on days before 2021; the others are of this year. */
  readonly due: number
}

/** Records written by one statement. */
const chunk = 50_000
/** Comments of one author; those of the due have authors of their own, who go with them. */
const each = 5

const id = (seed: string, n: string) =>
  `(lpad(to_hex(${n} + 1760000000000), 12, '0') || '7' || substr(md5('${seed}' || ${n}), 1, 3) || '8' || substr(md5('${seed}' || ${n}), 4, 15))::uuid`
const bytes = (seed: string, n: string, size: number) =>
  `substr(decode(repeat(md5('${seed}' || ${n}), ${Math.ceil(size / 16)}), 'hex'), 1, ${size})`
const digest = (seed: string, n: string) => `sha256(('${seed}' || ${n})::bytea)`

/** Rows of the sizes that comments have: 2 parts, 1 fact digest, 1 platform id, 1 record key each, and their persons. */
export async function fill(cluster: Cluster, house: House, filling: Filling): Promise<void> {
  const clients = await Promise.all(
    house.databases.map(async (name) => {
      const client = new pg.Client({ connectionString: cluster.url(name) })
      await client.connect()
      await client.query(
        'set session_replication_role = replica; set synchronous_commit = off; set jit = off',
      )
      return client
    }),
  )
  try {
    await fillThem(clients as [pg.Client, pg.Client], filling)
  } finally {
    for (const client of clients) await client.end()
  }
}

async function fillThem(
  [ledger, keyring]: readonly [pg.Client, pg.Client],
  { controller, channel, stored, due }: Filling,
): Promise<void> {
  const { rows } = await ledger.query<{ size: string }>(
    'select size from ledger.log_head where controller_id = $1',
    [controller],
  )
  const first = Number(rows[0]?.size)
  const c = controller
  const author = (n: string) => `(${n} / ${each})`
  const day = `case when n < ${due} then date '2015-01-01' + (n * 2000 / ${due})::int else date '2026-01-01' + (n % 200)::int end`
  const series = (from: number) => `generate_series(${from}, ${Math.min(from + chunk, stored) - 1}) n`
  const persons = (from: number) =>
    `generate_series(${from / each}, ${Math.ceil(Math.min(from + chunk, stored) / each) - 1}) a`
  await ledger.query(
    `insert into model.retention_class values (${c}, 1, '${channel}', 'commented', 'undetermined')`,
  )
  for (let from = 0; from < stored; from += chunk) {
    await ledger.query(
      `insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, channel_id, thread_id, occurred_on, recorded_at, header, entry)
         select ${c}, ${first} + n, ${id('event', 'n')}, ${id('object', 'n')}, 1, 'interaction.commented', '${channel}', ${id('thread', '(n % 5000)')}, ${day},
           timestamptz '2015-01-01' + n * interval '10 seconds', '{"data":{},"salt":"' || repeat(md5('h' || n), 22) || '"}', ${digest('e', 'n')} from ${series(from)};
       insert into ledger.event_part (controller_id, position, ordinal, subject_id, role, category, digest)
         select ${c}, ${first} + n, o, ${id('person', author('n'))}, 'author', (array['content', 'identity'])[o + 1], ${digest('p', 'n')} from ${series(from)}, generate_series(0, 1) o;
       insert into ledger.sealed_part (controller_id, position, ordinal, ciphertext, commitment)
         select ${c}, ${first} + n, o, case o when 0 then ${bytes('s', 'n', 450)} else ${bytes('s', 'n', 150)} end, ${digest('c', 'n')} from ${series(from)}, generate_series(0, 1) o;
       insert into ledger.fact_digest (controller_id, digest, position, content) select ${c}, ${digest('f', 'n')}, ${first} + n, ${digest('g', 'n')} from ${series(from)};
       insert into ledger.identity (controller_id, digest, kind, id) select ${c}, ${digest('i', 'n')}, 'object', ${id('object', 'n')} from ${series(from)};
       insert into ledger.identity (controller_id, digest, kind, id) select ${c}, ${digest('j', 'a')}, 'subject', ${id('person', 'a')} from ${persons(from)};
       insert into ledger.subject (controller_id, subject_id) select ${c}, ${id('person', 'a')} from ${persons(from)};
       insert into ledger.subject_trait (controller_id, digest, subject_id, kind) select ${c}, ${digest('t', "(a || '/' || k)")}, ${id('person', 'a')}, 'name' from ${persons(from)}, generate_series(1, 4) k;
       insert into model.object (controller_id, object_id, class_id, created, first_position, last_position, events, thread_id, occurred_on, received_on)
         select ${c}, ${id('object', 'n')}, 1, true, ${first} + n, ${first} + n, 1, ${id('thread', '(n % 5000)')}, ${day}, ${day} from ${series(from)};
       insert into model.channel_subject (controller_id, channel_id, subject_id) select ${c}, '${channel}', ${id('person', 'a')} from ${persons(from)}`,
    )
    await keyring.query(
      `insert into keyring.record_key (controller_id, event_id, epoch, wrapped, created_at)
         select ${c}, ${id('event', 'n')}, (select epoch from keyring.epoch where state = 'current'), ${bytes('k', 'n', 92)}, now() from ${series(from)};
       insert into keyring.subject_key (controller_id, subject_id, wrapped, wrap, created_at) select ${c}, ${id('person', 'a')}, ${bytes('w', 'a', 60)}, 1, now() from ${persons(from)}`,
    )
  }
  await ledger.query(
    `insert into model.observation (controller_id, channel_id, verb, category, capacity, records, first_on, last_on)
       select ${c}, '${channel}', 'commented', k, 'undetermined', ${stored}, '2015-01-01', '2026-07-20' from unnest(array['content', 'identity']) k;
     update ledger.log_head set size = ${first + stored} where controller_id = ${c}`,
  )
  for (const client of [ledger, keyring]) {
    await client.query('set synchronous_commit = on')
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  }
}
