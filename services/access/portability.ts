import { ProcessingActivity } from '../events/activity.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { withinScope } from '../events/scope.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { logSize } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { loadCase, requireOpen } from './case-steps.ts'
import { gather } from './gather.ts'
import type { Content, Item } from './items.ts'

/** The legal bases on which data can be carried elsewhere: art. 20.1 a. */
const portableBases: ReadonlySet<string> = new Set(['consent', 'contract'])

export type PortableActivity = {
  readonly id: string
  readonly name: string
  readonly legalBasis: readonly string[]
  readonly portable: boolean
}

export type Portability = {
  readonly lookUp: string
  /** False: why not stands in the bases of the activities; none is consent or contract (art. 20.3). */
  readonly applies: boolean
  readonly activities: readonly PortableActivity[]
  /** What the person has provided under an activity whose basis allows it, as it was sealed. */
  readonly records: readonly {
    readonly id: string
    readonly channel: string
    readonly verb: string
    readonly content: Content
  }[]
}

/**
 * Portability (art. 20): of what the person provided themselves, what rests on consent or contract, to be read by a
 * machine; the activities by whose basis it is, or is not. An account linked on judgement alone gives nothing.
 */
export async function portabilityOf(
  ledger: Ledger,
  log: Log,
  why: { readonly actor: Actor; readonly purpose: string },
  id: string,
): Promise<Portability> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  if (file.state.right !== 'portability') {
    throw new DomainError('state-conflict', `The case is about ${file.state.right}`)
  }
  const subjects = new Set(
    file.links.filter(({ assurance }) => assurance !== 'judgement').map(({ subject }) => subject),
  )
  const before = await reading(ledger, log, (tx) => logSize(tx, log.controller))
  const scope = { case: id, subjects: [...subjects], before }
  return lookUp(ledger, log, { ...why, kind: 'exported', scope, restricted: 'included' }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const { items, declared } = await gather(ledger, log, tx, open, subjects, before)
      const own = items.filter(({ relation, content }) => relation === 'own' && content !== undefined)
      const activities = declared
        .filter(({ kind }) => kind === 'activity')
        .map((it) => ({ id: it.id, document: ProcessingActivity.parse(it.document) }))
        .filter(({ document }) => document.status !== 'draft' && own.some((it) => covers(document, it)))
        .map(({ id: activity, document }) => {
          const legalBasis = document.legalBasis.map(({ term }) => term)
          return {
            shown: {
              id: activity,
              name: document.name,
              legalBasis,
              portable: legalBasis.some((term) => portableBases.has(term)),
            },
            document,
          }
        })
      const portable = activities.filter(({ shown }) => shown.portable)
      const records = own.flatMap((item) => {
        const { content, event } = item
        if (content === undefined || !portable.some(({ document }) => covers(document, item))) return []
        return [
          {
            id: event.eventId,
            channel: event.channelId ?? '',
            verb: event.type.replace(/^interaction\./, ''),
            content,
          },
        ]
      })
      return {
        lookUp: position,
        applies: portable.length > 0,
        activities: activities.map(({ shown }) => shown),
        records,
      }
    }),
  )
}

function covers({ scope }: ProcessingActivity, { event, categories }: Item): boolean {
  const verb = Verb.safeParse(event.type.replace(/^interaction\./, ''))
  if (!verb.success || event.channelId === null) return false
  const capacity = Capacity.parse(event.capacity ?? 'undetermined')
  return withinScope(scope, { channel: event.channelId, verb: verb.data, capacity, categories })
}
