import { z } from 'zod'
import { type AsOf, knownAtOf, standingOn } from '../declarations/as-of.ts'
import { declaredVersions } from '../declarations/queries.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { Capacity } from '../events/interaction.ts'
import { governingOn } from '../events/validity.ts'
import { Day, Slug } from '../events/vocabulary.ts'
import { interactionsBy } from '../interactions/queries.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { readingAt } from '../ledger/past.ts'
import { DomainError } from '../platform/errors.ts'

const { controllership, legalSource, jointControllers, arrangement, transfers, platform, name } =
  ChannelDeclaration.shape

export const ControllershipAnswer = z
  .strictObject({
    interaction: z.uuid(),
    occurredOn: Day,
    validOn: Day.meta({ description: 'Dagen det gäller / the day it is for' }),
    size: z.string().meta({ description: 'Loggens storlek då / size of the log then', example: '17' }),
    controller: z.strictObject({
      slug: Slug,
      name: z.string().optional(),
      organisationNumber: z.string().optional(),
      version: z.int().optional(),
    }),
    channel: z.strictObject({ id: z.uuid(), version: z.int(), platform, name }),
    controllership,
    legalSource,
    jointControllers,
    arrangement,
    transfers,
    capacity: Capacity,
    responsibleFor: z.array(z.enum(['own', 'thirdParty'])).meta({
      description:
        'Vems inlägg den ansvarar för; tomt om handlingen var privat / whose acts; empty for a private one',
      example: ['own', 'thirdParty'],
    }),
    movedTo: Slug.optional().meta({ description: 'Den som sedan tagit över / who had taken over by then' }),
    sv: z.string(),
    en: z.string(),
  })
  .meta({
    id: 'ControllershipAnswer',
    description:
      'På vilken grund vi är personuppgiftsansvariga / on what ground we are the controller of this',
  })
export type ControllershipAnswer = z.infer<typeof ControllershipAnswer>

/** On what ground the controller answers for an interaction: as of the day it occurred, or of another. */
export function controllershipOf(
  ledger: Ledger,
  log: Log,
  id: string,
  asOf: AsOf,
): Promise<ControllershipAnswer> {
  return readingAt(ledger, log, knownAtOf(asOf.knownAt), async (tx, size) => {
    const [found] = await interactionsBy(tx, log.controller, { ids: [id] })
    if (found === undefined || found.channel === undefined)
      throw new DomainError('not-found', 'no such interaction was known then')
    const validOn = asOf.validOn ?? found.occurredOn
    const [channels] = await declaredVersions(tx, log.controller, 'channel', { size, id: found.channel })
    const governing = governingOn((channels ?? []) as never[], validOn) as
      | NonNullable<typeof channels>[number]
      | undefined
    if (channels === undefined || governing === undefined) {
      throw new DomainError(
        'state-conflict',
        `Channel ${found.channel} was not declared then: nothing says on what ground. Declare it with its legal source.`,
      )
    }
    const [controllers] = await declaredVersions(tx, log.controller, 'controller', { size })
    const controller = standingOn('controller', controllers ?? [], validOn)
    // What somebody has ruled of the object counts for the acts upon it, whatever their source said.
    const { rows } = await tx.query<{ ruled: Capacity | null }>(
      `select nullif(split_part(o.mark, '/', 1), '') as ruled from model.object o where o.controller_id = $1 and o.object_id = $2`,
      [log.controller, found.stream],
    )
    const capacity = rows[0]?.ruled ?? found.capacity
    const { id: interaction, channel, occurredOn } = found
    return answerOf(log.slug, { id: interaction, channel, occurredOn, capacity }, validOn, size, {
      channel: { ...governing, document: ChannelDeclaration.parse(governing.document) },
      newest: ChannelDeclaration.parse(channels.at(-1)?.document),
      controller:
        controller === undefined
          ? undefined
          : { ...controller, document: ControllerDeclaration.parse(controller.document) },
    })
  })
}

type Found = {
  readonly id: string
  readonly channel: string
  readonly occurredOn: Day
  readonly capacity?: Capacity | undefined
}
type Declared = {
  readonly channel: { readonly version: number; readonly document: ChannelDeclaration }
  readonly newest: ChannelDeclaration
  readonly controller: { readonly version: number; readonly document: ControllerDeclaration } | undefined
}

function answerOf(
  slug: string,
  interaction: Found,
  validOn: Day,
  size: number,
  { channel, newest, controller }: Declared,
): ControllershipAnswer {
  const { controllership: kind, legalSource: source, platform: on, name: called } = channel.document
  const capacity = interaction.capacity ?? 'undetermined'
  const moved = newest.reassignment !== undefined && newest.reassignment.from <= validOn
  const optional = Object.fromEntries(
    (['jointControllers', 'arrangement', 'transfers'] as const).flatMap((it) =>
      channel.document[it] === undefined ? [] : [[it, channel.document[it]]],
    ),
  )
  const { sv, en } = words[capacity === 'private' ? 'private' : kind]
  const cited = `${source.decision}, ${source.date}`
  return {
    interaction: interaction.id,
    occurredOn: interaction.occurredOn,
    validOn,
    size: String(size),
    controller: {
      slug,
      ...(controller === undefined
        ? {}
        : {
            name: controller.document.name,
            organisationNumber: controller.document.organisationNumber,
            version: controller.version,
          }),
    },
    channel: { id: interaction.channel, version: channel.version, platform: on, name: called },
    controllership: kind,
    legalSource: source,
    ...optional,
    capacity,
    responsibleFor: capacity === 'private' ? [] : kind === 'own' ? ['own'] : ['own', 'thirdParty'],
    ...(moved && newest.reassignment !== undefined ? { movedTo: newest.reassignment.controller } : {}),
    sv: `${sv} (${cited})`,
    en: `${en} (${cited})`,
  }
}

const words = {
  own: {
    sv: 'Nämnden ansvarar för det som den själv publicerar; andras inlägg sparas bara som sammanhang till de egna',
    en: 'The controller answers for what it publishes itself; what others write is kept as context to that only',
  },
  ownAndThirdParty: {
    sv: 'Nämnden ansvarar för det som den själv och andra publicerar på kanalen',
    en: 'The controller answers for what it and what others publish on the channel',
  },
  joint: {
    sv: 'Nämnden ansvarar gemensamt med andra för det som den själv och andra publicerar på kanalen',
    en: 'The controller answers jointly with others for what it and what others publish on the channel',
  },
  private: {
    sv: 'Handlingen var privat: den ingår inte i nämndens behandling, bara spåret av ställningstagandet',
    en: 'The act was private: it is no processing of the controller, which keeps only the trail of that ruling',
  },
} as const
