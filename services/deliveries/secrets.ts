import { type Actor, draftOfCommand } from '../ledger/command.ts'
import { noTraits } from '../ledger/draft.ts'
import { findIds } from '../ledger/find.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { openSecrets, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { ChallengeSecrets } from '../sources/source.ts'

/** What a platform and we share for one channel. The newest secret first; two while one takes the other's place. */
export type HookSecrets = { readonly secrets: readonly string[]; readonly verifyToken?: string | undefined }

function streamText(channel: string): string {
  return JSON.stringify(['hook', channel])
}

/** Sets the secrets in force: those that stood before are so no longer. */
export async function setSecrets(
  ledger: Ledger,
  log: Log,
  channel: string,
  secrets: HookSecrets,
  actor: Actor,
): Promise<{ position: string; recordedAt: Date }> {
  const { verifyToken } = secrets
  const command = draftOfCommand(
    {
      type: 'channel.secret-set',
      actor,
      channelId: channel,
      data: { secrets: secrets.secrets.length, verifyToken: verifyToken !== undefined },
    },
    ledger.clock.now(),
  )
  // Sealed for the controller itself: a secret of machines is nobody's personal data, and goes with no person.
  const draft = {
    ...command,
    stream: { object: streamText(channel) },
    persons: [
      ...command.persons,
      { by: 'stable' as const, identity: JSON.stringify(['controller']), traits: noTraits },
    ],
    parts: [
      ...command.parts,
      {
        person: 1,
        role: 'controller',
        category: 'secret',
        content: { secrets: secrets.secrets, ...(verifyToken === undefined ? {} : { verifyToken }) },
      },
    ],
  }
  const [appended] = await ledger.writer(log).append([draft])
  if (appended?.kind !== 'stored')
    throw new DomainError('log-unavailable', `The log answered ${appended?.kind}. Try again.`)
  return { position: appended.position as string, recordedAt: appended.recordedAt }
}

/** The secrets in force; none where none were ever set. */
export async function readSecrets(ledger: Ledger, log: Log, channel: string): Promise<ChallengeSecrets> {
  const { objects } = await findIds(ledger, log, { objects: [streamText(channel)] })
  const stream = objects[0]
  if (stream === undefined) return { signing: [] }
  const position = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ position: string }>(
      `select e.position from ledger.event e
        where e.controller_id = $1 and e.stream_id = $2 order by e.stream_version desc limit 1`,
      [log.controller, stream],
    )
    return rows[0]?.position
  })
  if (position === undefined) return { signing: [] }
  const [part] = await openSecrets(ledger, log, [position])
  const held = part?.content as HookSecrets | undefined
  return {
    signing: (held?.secrets ?? []).map((secret) => Buffer.from(secret)),
    ...(held?.verifyToken === undefined ? {} : { verifyToken: held.verifyToken }),
  }
}
