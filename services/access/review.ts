import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import type { AccessFile } from './case-file.ts'
import { loadCase, startedCase } from './case-steps.ts'
import type { ReviewWish } from './review-rules.ts'

/** An officer's decision on what goes into the answer, as an event; what was compiled before it no longer stands. */
export async function reviewRecord(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  wish: ReviewWish,
  note?: string,
): Promise<AccessFile> {
  const file = await startedCase(ledger, log, actor, id)
  const { state } = file
  if (state.right !== 'access')
    throw new DomainError('state-conflict', 'Only an answer under art. 15 has records')
  if (state.status === 'review') {
    throw new DomainError('state-conflict', 'The answer is under review: return it first')
  }
  if (wish.decision === 'note' && note === undefined) {
    throw new DomainError('validation-failed', 'A note says something')
  }
  if (wish.decision === 'redact' && wish.to <= wish.from) {
    throw new DomainError('validation-failed', 'A span ends after it begins')
  }
  const [event] = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, eventId: wish.record, limit: 1 }),
  )
  if (event === undefined || !event.type.startsWith('interaction.')) {
    throw new DomainError('not-found', 'no such record')
  }
  await recordCommand(ledger, log, {
    type: 'access.content-decided',
    streamId: id,
    expectedVersion: file.version,
    actor,
    data: { ...wish },
    ...(note === undefined ? {} : { sealed: { note } }),
  })
  return loadCase(ledger, log, id)
}
