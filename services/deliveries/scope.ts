import type { ChannelDeclaration } from '../events/channel.ts'
import type { Capacity, Interaction, Person, Verb } from '../events/interaction.ts'

/** What of a channel's declaration decides how a record is kept. */
export type Setting = Pick<ChannelDeclaration, 'controllership' | 'defaultCapacity' | 'capacityRules'>

/** A version of the setting, and the day of the decision that it rests on. */
export type DatedSetting = { readonly from: string; readonly setting: Setting }

/** Everything by which the channel's own account is told from others. Handles in lower case, without @. */
export type OwnAccount = {
  readonly platform: string
  readonly platformIds: ReadonlySet<string>
  readonly handles: ReadonlySet<string>
  readonly names: ReadonlySet<string>
  /** In a download of the account's own data, what says no author is the account's. */
  readonly isDownload: boolean
}

/** What is known about how a record hangs together with the controller's own ones. */
export type Relations = { readonly repliesToOwn: boolean; readonly answeredByOwn: boolean }

/** whole: as it came · context: as it came, only because an own record needs it · minimised: that it happened, and no more. */
export type Treatment = 'whole' | 'context' | 'minimised'

/**
 * The setting that held on a day: of the newest decision not after it. Before the first decision the first one counts: what the
 * controller has since taken upon itself it answers for from the start.
 */
export function settingOn(versions: readonly DatedSetting[], day: string): Setting | undefined {
  let held: DatedSetting | undefined
  for (const version of versions) {
    if (version.from <= day && (held === undefined || version.from >= held.from)) held = version
  }
  const earliest = () => versions.reduce((a, b) => (b.from < a.from ? b : a), versions[0] as DatedSetting)
  return versions.length === 0 ? undefined : (held ?? earliest()).setting
}

/** Whether the channel's own account did it. */
export function isOwn(interaction: Interaction, own: OwnAccount): boolean {
  const author = interaction.persons.find((person) => person.role === 'author')
  if (author === undefined) return own.isDownload || isBlogPost(interaction, own)
  return isAccount(author, own) || isBlogPost(interaction, own)
}

/** A person by the strongest thing that both sides know: a name decides only where nothing else is known. */
function isAccount(person: Person, own: OwnAccount): boolean {
  if (person.platformId !== undefined && own.platformIds.size > 0)
    return own.platformIds.has(person.platformId)
  if (person.handle !== undefined && own.handles.size > 0) return own.handles.has(handleOf(person.handle))
  return person.displayName !== undefined && own.names.has(person.displayName)
}

export function handleOf(handle: string): string {
  return handle.replace(/^@/, '').toLowerCase()
}

/** A blog has many authors, and no stranger among them. */
function isBlogPost(interaction: Interaction, own: OwnAccount): boolean {
  return (
    own.platform === 'wordpress' && !isComment(interaction.objectId) && personalVerbs.has(interaction.verb)
  )
}

const isComment = (objectId: string) => objectId.startsWith('comment/')
const personalVerbs: ReadonlySet<Verb> = new Set(['published', 'edited'])

/** Words that somebody wrote to or about somebody: what may be needed to understand an own record. */
const sayingVerbs: ReadonlySet<Verb> = new Set([
  'published',
  'commented',
  'replied',
  'shared',
  'mentioned',
  'edited',
])

/**
 * How others' records are kept where the controller answers for its own only. What was sent to the controller itself has been
 * received by it, and what is unrecognised has not been understood: neither is a stranger's post.
 */
export function treatmentOf(
  interaction: Interaction,
  setting: Setting | undefined,
  own: OwnAccount,
  relations: Relations,
): Treatment {
  if (setting === undefined || setting.controllership !== 'own') return 'whole'
  if (isOwn(interaction, own) || interaction.verb === 'messaged' || interaction.verb === 'unrecognised')
    return 'whole'
  const related = relations.repliesToOwn || relations.answeredByOwn
  return related && sayingVerbs.has(interaction.verb) ? 'context' : 'minimised'
}

/** The fact without what anybody wrote or is called. Ids stay, sealed: by them the fact is known again. */
export function minimised(interaction: Interaction): Interaction {
  const { channel, objectId, actId, verb, occurredAt, precision, basis, inReplyTo, thread, derivedFrom } =
    interaction
  const { native } = interaction
  return {
    channel,
    objectId,
    ...(actId === undefined ? {} : { actId }),
    verb,
    occurredAt,
    precision,
    basis,
    persons: [],
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(thread === undefined ? {} : { thread }),
    ...(derivedFrom === undefined ? {} : { derivedFrom }),
    ...(native === undefined ? {} : { native: { kind: native.kind, mapper: native.mapper } }),
  }
}

/** In what capacity: as the source said, else by the program it was posted from, else as the channel says of its own. */
export function capacityOf(
  interaction: Interaction,
  setting: Setting | undefined,
  own: boolean,
): Capacity | undefined {
  if (interaction.capacity !== undefined || setting === undefined || !own) return interaction.capacity
  const rule = setting.capacityRules?.find((it) => it.client === interaction.client)
  return rule?.capacity ?? setting.defaultCapacity
}
