import { Interaction, type InteractionInput } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import { createKeyFile, keyFileExists, openKeyFile } from '../../services/ledger/key-provider.ts'
import { type Ledger, type Log, openLedger } from '../../services/ledger/ledger.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { fixedClock } from '../support/clock.ts'
import type { TestDatabases } from '../support/database.ts'

/** A ledger on the test file's databases, with a clock that stands still until it is told to move. */
export async function testLedger(databases: TestDatabases, now = '2026-11-23T10:00:00Z') {
  const { keyFile, journalFile } = databases.config
  if (!keyFileExists(keyFile)) createKeyFile(keyFile)
  const provider = openKeyFile(keyFile)
  const clock = fixedClock(now)
  const ledger = await openLedger({
    pool: databases.ledger('api'),
    keyringPool: databases.keyring(),
    provider,
    clock,
  })
  return {
    ledger,
    clock,
    provider,
    purge: { ledger, purgePool: databases.ledger('purge'), journal: openJournal(journalFile) },
  }
}

let controllers = 0

/** A new, empty log. */
export async function newLog(ledger: Ledger): Promise<Log> {
  controllers += 1
  return (await ledger.create(`namnd-${controllers}`)) as Log
}

export const someChannel = uuidv7()

/** A comment by an invented person; whatever a test is about is given. */
export function comment(objectId: string, given: Partial<InteractionInput> = {}) {
  return Interaction.parse({
    channel: someChannel,
    objectId,
    verb: 'commented',
    occurredAt: '2026-03-05T10:15:00+01:00',
    persons: [{ role: 'author', platformId: 'p-1', displayName: 'Exempla Exempelsson', handle: 'exempla' }],
    text: 'Hej!',
    ...given,
  })
}

export function commentDraft(objectId: string, given: Partial<InteractionInput> = {}) {
  return draftOf(comment(objectId, given), { platform: 'facebook' })
}
