import { type Actor, type Command, recordCommands } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { AccessFile, Assurance } from './case-file.ts'
import { liftOf, placeOf } from './case-holds.ts'
import { loadCase, requireOpen, startedCase } from './case-steps.ts'
import { seenOf } from './find-queries.ts'

type Noted = { readonly subject: string; readonly note?: string | undefined }

function decision(
  type: string,
  file: AccessFile,
  actor: Actor,
  data: Command['data'],
  note: string | undefined,
): Command {
  const sealed = note === undefined ? {} : { sealed: { note } }
  return { type, streamId: file.id, expectedVersion: file.version, actor, data, ...sealed }
}

async function requireKnown(ledger: Ledger, log: Log, subject: string): Promise<void> {
  const seen = await reading(ledger, log, (tx) => seenOf(tx, log.controller, [subject]))
  if (!seen.has(subject)) throw new DomainError('not-found', 'no such person')
}

/** The officer's decision that an account is the requester's. From now on nothing of that person is purged. */
export async function linkSubject(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  link: Noted & { readonly assurance: Assurance },
): Promise<AccessFile> {
  const { subject, assurance, note } = link
  const started = await startedCase(ledger, log, actor, id)
  const before = started.links.find((it) => it.subject === subject)
  if (before?.assurance === assurance) return started
  await requireKnown(ledger, log, subject)
  // Better assured, or worse, than it was: the same hold goes on.
  const hold = before?.hold ?? uuidv7()
  const linked = decision('access.linked', started, actor, { subject, assurance, hold }, note)
  const place = before === undefined ? [placeOf(id, actor, hold, 'subject', subject)] : []
  await recordCommands(ledger, log, [linked, ...place])
  return loadCase(ledger, log, id)
}

/** The officer's decision that a proposed person is somebody else: a link there may have been is taken back with it. */
export async function rejectSubject(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  { subject, note }: Noted,
): Promise<AccessFile> {
  const started = await startedCase(ledger, log, actor, id)
  if (started.rejected.includes(subject)) return started
  await requireKnown(ledger, log, subject)
  const link = started.links.find((it) => it.subject === subject)
  const rejected = decision('access.rejected', started, actor, { subject }, note)
  await recordCommands(ledger, log, [rejected, ...(link ? [liftOf(id, actor, link.hold)] : [])])
  return loadCase(ledger, log, id)
}

/** Takes a link or a rejection back: whether it is their account is open again. */
export async function unlinkSubject(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  subject: string,
  note?: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  const link = file.links.find((it) => it.subject === subject)
  if (link === undefined && !file.rejected.includes(subject)) {
    throw new DomainError('not-found', 'no such link')
  }
  await recordCommands(
    ledger,
    log,
    link === undefined
      ? [decision('access.unrejected', file, actor, { subject }, note)]
      : [
          decision('access.unlinked', file, actor, { subject, hold: link.hold }, note),
          liftOf(id, actor, link.hold),
        ],
  )
  return loadCase(ledger, log, id)
}

/** The same was asked twice: answering `lead` answers this case too. */
export async function groupCase(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  lead: string,
  note?: string,
): Promise<AccessFile> {
  const [file, other] = [await loadCase(ledger, log, id), await loadCase(ledger, log, lead)]
  requireOpen(file)
  requireOpen(other)
  if (id === lead) throw new DomainError('validation-failed', 'A case is not grouped with itself')
  if (file.state.right !== other.state.right) {
    throw new DomainError('state-conflict', 'Only cases under the same right are answered together')
  }
  if (other.groupedWith !== undefined) {
    throw new DomainError('state-conflict', `That case is grouped with ${other.groupedWith} itself`)
  }
  await recordCommands(ledger, log, [decision('access.grouped', file, actor, { with: lead }, note)])
  return loadCase(ledger, log, id)
}

export async function ungroupCase(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  note?: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  if (file.groupedWith === undefined) throw new DomainError('state-conflict', 'The case is not grouped')
  await recordCommands(ledger, log, [decision('access.ungrouped', file, actor, {}, note)])
  return loadCase(ledger, log, id)
}
