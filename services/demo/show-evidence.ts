import { dirname } from 'node:path'
import type { Runtime } from '../commands/runtime.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { filesWith, keyCopies } from './evidence.ts'
import { plantedText } from './facebook.ts'

/** The ids of the events that a purge has destroyed. */
export async function destroyedEvents(ledger: Ledger, log: Log, purge: string): Promise<string[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ event_id: string }>(
      `select e.event_id from ledger.event i
         join ledger.condemned c on c.controller_id = $1 and c.position = i.position
         join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
        where i.controller_id = $1 and i.stream_id = $2 and i.type = 'purge.intended' order by e.position`,
      [log.controller, purge],
    )
    return rows.map((row) => row.event_id)
  })
}

/**
 * Looks at the bytes: is the purged text in any file, do copies of the destroyed keys still lie in heap pages or WAL, and
 * does any of them open with a key that is left? With a database elsewhere the files cannot be seen, and it says so.
 */
export async function showEvidence(
  runtime: Runtime,
  log: Log,
  events: readonly string[],
  when: string,
  write: (text: string) => void,
): Promise<void> {
  const { config, databases, provider } = runtime
  if (!databases.embedded) {
    write(`${when}: databasens filer ligger på en annan maskin / the database's files lie elsewhere\n`)
    return
  }
  const client = await databases.admin('ledger')
  try {
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
  const epochKeys = new Map<number, Buffer>()
  for (let epoch = 1; (await provider.epochState(epoch)) !== 'absent'; epoch += 1) {
    if ((await provider.epochState(epoch)) === 'live') epochKeys.set(epoch, await provider.epochKey(epoch))
  }
  const text = filesWith([config.dataDir, dirname(config.journalFile)], plantedText)
  const keys = keyCopies([config.dataDir], log.controller, events, epochKeys)
  write(`${when}:\n`)
  write(
    `  Den gallrade meningen står i ${text.hits} av ${text.files} filer / the purged sentence stands in ${text.hits} of ${text.files} files\n`,
  )
  write(
    `  ${keys.found} kopior av förstörda nycklar ligger kvar i sidor och WAL; ${keys.opened} går att öppna / copies of destroyed keys still lie in pages and WAL; ${keys.opened} can be opened\n`,
  )
}
