import type { ChannelDeclaration } from '../events/channel.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { currentDeclaration } from './queries.ts'

type Taken = Pick<ChannelDeclaration, 'platform' | 'openedOn'> &
  Pick<Partial<ChannelDeclaration>, 'reassignment'>

const pointer = (name: string) => `/reassignment/${name}`

function unknown(name: 'controller' | 'channel', reason: string): DomainError {
  return new DomainError('validation-failed', 'The reassignment leads nowhere.', {
    violations: [{ pointer: pointer(name), reason }],
  })
}

/**
 * A channel may pass to another controller if that one has declared it from the same day, so that it is without a
 * controller on no day and has two on none; and if it does not come back to where it started. Of the other's log only
 * that channel is looked at.
 */
export async function demandReassignable(
  ledger: Ledger,
  log: Log,
  id: string | undefined,
  { platform, reassignment }: ChannelDeclaration,
): Promise<void> {
  if (reassignment === undefined) return
  const next = await taken(ledger, reassignment)
  if (next.platform !== platform) throw unknown('channel', 'is on another platform')
  if (next.openedOn !== reassignment.from) {
    const why = next.openedOn < reassignment.from ? 'has two controllers' : 'has no controller'
    throw new DomainError(
      'state-conflict',
      `The other controller has the channel from ${next.openedOn}, not from ${reassignment.from}: on the days between it ${why}.`,
      {
        violations: [{ pointer: pointer('from'), reason: `must be ${next.openedOn}` }],
      },
    )
  }
  await demandNoCircle(ledger, log, id, reassignment)
}

type Step = NonNullable<ChannelDeclaration['reassignment']>

async function demandNoCircle(ledger: Ledger, log: Log, id: string | undefined, first: Step): Promise<void> {
  const seen = new Set([`${log.slug} ${id}`])
  for (
    let step: Step | undefined = first;
    step !== undefined;
    step = (await taken(ledger, step)).reassignment
  ) {
    const at = `${step.controller} ${step.channel}`
    if (seen.has(at)) {
      throw new DomainError(
        'state-conflict',
        'The reassignment is circular: the channel would come back to a controller that has given it up. Declare it there as a new channel.',
        {
          violations: [
            { pointer: pointer('channel'), reason: 'leads back to a channel that was reassigned' },
          ],
        },
      )
    }
    seen.add(at)
  }
}

async function taken(ledger: Ledger, { controller, channel }: Step): Promise<Taken> {
  const other = await ledger.find(controller)
  if (other === undefined) throw unknown('controller', 'is no controller here')
  const found = await reading(ledger, other, (tx) =>
    currentDeclaration(tx, other.controller, 'channel', channel),
  )
  if (found === undefined) throw unknown('channel', 'is no channel of that controller')
  // It was parsed before it was recorded; these members are never sealed.
  return found.document as unknown as Taken
}
