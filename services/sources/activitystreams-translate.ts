import type { Verb } from '../events/interaction.ts'
import {
  type Act,
  kindOf,
  leftovers,
  native,
  persons,
  plainAct,
  type Saying,
  timeOf,
} from './activitystreams-act.ts'
import { typesOf } from './activitystreams-check.ts'
import { contentOf } from './activitystreams-content.ts'
import { audienceOf, idOf, personOf, textOf, valuesOf } from './activitystreams-person.ts'
import { actorTypes, collectionTypes, linkTypes } from './activitystreams-vocabulary.ts'
import { detailText, isNode, type JsonNode } from './detail.ts'
import { accept, type Candidate, defined, madeId, type Translated, unrecognised } from './source.ts'

/** Fields of an interaction for which ActivityStreams has no word, as an export of ours states them; null takes one away. */
export const factKey = 'liggare:fact'

/** One activity or object → what it says happened. Yields at least one item for whatever it is given. */
export function* translateNode(value: unknown, saying: Saying): Iterable<Translated> {
  if (!isNode(value)) {
    yield unrecognised(typeof value === 'string' ? 'IRI' : typeof value, value, 'not an object')
    return
  }
  const found = [...candidates(value, saying)]
  const stated = value[factKey]
  if (isNode(stated)) {
    const merged = Object.entries({ ...found[0], ...stated }).filter(([, field]) => field !== null)
    yield statedFact(Object.fromEntries(merged), value)
    return
  }
  for (const candidate of found) yield accept(candidate, value)
  if (found.length === 0) yield unrecognised(kindOf(value), value, 'no act that is known')
}

/** A stranger may write anything here: what decides the words of a refusal has to be text before it is looked at. */
function statedFact(draft: JsonNode, node: JsonNode): Translated {
  const native = isNode(draft['native']) ? draft['native']['kind'] : ''
  if (typeof draft['verb'] === 'string' && typeof native === 'string') return accept(draft as Candidate, node)
  return unrecognised(kindOf(node), node, 'does not fit: verb, native')
}

function* candidates(node: JsonNode, saying: Saying): Iterable<Candidate> {
  const type = typesOf(node).find((it) => Object.hasOwn(acts, it))
  const act = type === undefined ? undefined : acts[type]
  if (act !== undefined)
    yield* act({ activity: node, object: valuesOf(node['object'])[0], kind: type ?? '', saying })
  else if (isContent(node)) yield* created({ activity: {}, object: node, kind: '', saying })
}

/** An object that stands alone says that it was made; an account, a collection or a link says nothing of the kind. */
function isContent(node: JsonNode): boolean {
  const types = typesOf(node)
  const isActivity = node['actor'] !== undefined || types.some((type) => activityTypes.has(type))
  const other = (type: string) => actorTypes.has(type) || collectionTypes.has(type) || linkTypes.has(type)
  return !isActivity && !types.some(other) && types.some((type) => contentTypes.has(type))
}

const contentTypes = new Set('Object Article Document Audio Image Video Note Page Event Question'.split(' '))
const activityTypes = new Set(
  'Activity IntransitiveActivity Accept TentativeAccept Add Arrive Ignore Join Leave Offer Invite Reject TentativeReject Remove View Listen Read Move Travel Relationship Tombstone Place Profile'.split(
    ' ',
  ),
)

const acts: { readonly [type: string]: (act: Act) => Iterable<Candidate> } = {
  Create: created,
  Update: updated,
  Delete: deleted,
  Tombstone: ({ activity, saying }) => deleted({ activity: {}, object: activity, kind: '', saying }),
  Like: reacted,
  Dislike: reacted,
  EmojiReact: reacted,
  Announce: shared,
  Follow: (act) => related(act, 'followed'),
  Block: (act) => related(act, 'blocked'),
  Ignore: (act) => related(act, 'unrecognised'),
  Flag: reported,
  Undo: undone,
}

function* created(act: Act): Iterable<Candidate> {
  const { activity, saying } = act
  const object = isNode(act.object) ? act.object : {}
  const objectId = idOf(act.object) ?? idOf(activity)
  if (objectId === undefined) return
  const { visibility, recipients } = audienceOf(activity, object)
  const inReplyTo = idOf(valuesOf(object['inReplyTo'])[0])
  const isDirect = visibility === 'direct'
  const verb = isDirect ? 'messaged' : inReplyTo === undefined ? 'published' : 'replied'
  const made = textOf(object['published']) ?? textOf(activity['published'])
  const edit = textOf(object['updated'])
  const isEdited = edit !== undefined && made !== undefined && Date.parse(edit) > Date.parse(made)
  const shared = {
    objectId,
    persons: persons(act, object, recipients, isDirect),
    inReplyTo,
    thread: idOf(object['context']) ?? textOf(object['conversation']),
    visibility,
    derivedFrom: idOf(object['quote']) ?? textOf(object['quoteUrl']),
    client: textOf(isNode(object['generator']) ? object['generator']['name'] : undefined),
  }
  const actId = act.object === undefined ? undefined : idOf(activity)
  const detail = detailText(leftovers(object))
  const content = contentOf(object)
  // What stands in the document is the latest version: how it read before the edit is not known from here.
  const first = isEdited ? {} : content
  yield defined({
    ...shared,
    ...first,
    ...timeOf(made ?? edit, saying, made === undefined ? 'edited' : 'occurred'),
    actId,
    verb,
    native: native(act, object, made ?? edit, isEdited ? undefined : detail),
  }) as Candidate
  if (!isEdited) return
  const { inReplyTo: _parent, ...rest } = shared
  yield defined({
    ...rest,
    ...content,
    ...timeOf(edit, saying),
    verb: 'edited',
    native: native({ ...act, kind: 'Update' }, object, edit, detail),
  }) as Candidate
}

function* updated(act: Act): Iterable<Candidate> {
  const object = isNode(act.object) ? act.object : {}
  const objectId = idOf(act.object)
  if (objectId === undefined) return
  const isProfile = typesOf(object).some((type) => actorTypes.has(type))
  const time =
    textOf(object['updated']) ?? textOf(act.activity['updated']) ?? textOf(act.activity['published'])
  const { visibility, recipients } = audienceOf(act.activity, object)
  const subject = isProfile ? personOf('subject', object, act.saying.account) : undefined
  yield defined({
    ...(isProfile ? {} : contentOf(object)),
    ...timeOf(time, act.saying),
    objectId,
    actId: idOf(act.activity),
    verb: isProfile ? 'profile-changed' : 'edited',
    persons: [
      ...persons(act, object, isProfile ? [] : recipients, visibility === 'direct'),
      ...(subject ? [subject] : []),
    ],
    visibility: isProfile ? undefined : visibility,
    native: native(act, object, time, detailText(leftovers(object, isProfile))),
  }) as Candidate
}

function* deleted(act: Act): Iterable<Candidate> {
  const object = isNode(act.object) ? act.object : {}
  const objectId = idOf(act.object)
  if (objectId === undefined) return
  const time = textOf(object['deleted']) ?? textOf(act.activity['published'])
  const detail = detailText({ formerType: object['formerType'], url: object['url'] })
  yield plainAct(act, object, { objectId, verb: 'removed' }, time, detail)
}

function* reacted(act: Act): Iterable<Candidate> {
  const target = idOf(act.object)
  if (target === undefined) return
  const { reaction, objectId } = reactionOf(act, target)
  const time = textOf(act.activity['published'])
  yield plainAct(act, {}, { objectId, verb: 'reacted', inReplyTo: target, reaction }, time)
}

/** One person has one like of one thing, and as many emoji as there are. */
function reactionOf(act: Pick<Act, 'activity' | 'kind'>, target: string) {
  const emoji = textOf(act.activity['content']) ?? textOf(act.activity['_misskey_reaction'])
  const reaction = emoji ?? act.kind.toLowerCase()
  const actor = idOf(valuesOf(act.activity['actor'])[0]) ?? idOf(act.activity) ?? '?'
  const parts = reaction === 'like' ? [target, actor] : [target, actor, reaction]
  return { reaction, objectId: madeId('reaction', ...parts) }
}

function* shared(act: Act): Iterable<Candidate> {
  const derivedFrom = idOf(act.object)
  const actor = idOf(valuesOf(act.activity['actor'])[0])
  const objectId =
    idOf(act.activity) ?? (derivedFrom && actor ? madeId('share', derivedFrom, actor) : undefined)
  if (objectId === undefined) return
  const time = textOf(act.activity['published'])
  const { visibility } = audienceOf(act.activity)
  const object = isNode(act.object) ? act.object : {}
  const quoted = personOf('quoted', valuesOf(object['attributedTo'])[0], act.saying.account)
  const fact = plainAct(act, {}, { objectId, verb: 'shared', derivedFrom, visibility }, time)
  yield quoted === undefined ? fact : { ...fact, persons: [...(fact.persons ?? []), quoted] }
}

function* related(act: Act, verb: Verb): Iterable<Candidate> {
  const target = personOf('target', act.object, act.saying.account)
  const actor = idOf(valuesOf(act.activity['actor'])[0])
  const to = idOf(act.object)
  if (to === undefined) return
  const kind = act.kind.toLowerCase()
  const fact = plainAct(
    act,
    {},
    { objectId: madeId(kind, actor ?? '?', to), verb, actId: idOf(act.activity) },
    textOf(act.activity['published']),
  )
  yield target === undefined ? fact : { ...fact, persons: [...(fact.persons ?? []), target] }
}

/** Mastodon names the account first and the posts after it. */
function* reported(act: Act): Iterable<Candidate> {
  const ids = valuesOf(act.activity['object'])
    .map(idOf)
    .filter((id) => id !== undefined)
  const objectId = ids.length === 2 ? ids[1] : ids[0]
  if (objectId === undefined) return
  const time = textOf(act.activity['published'])
  const detail = ids.length > 1 ? detailText({ reported: ids }) : undefined
  const fact = plainAct(act, {}, { objectId, actId: idOf(act.activity), verb: 'reported' }, time, detail)
  yield { ...fact, ...defined({ text: textOf(act.activity['content']) }) }
}

function* undone(act: Act): Iterable<Candidate> {
  const inner = isNode(act.object) ? act.object : {}
  const type = typesOf(inner).find((it) => Object.hasOwn(acts, it))
  const target = idOf(valuesOf(inner['object'])[0])
  const actor = idOf(valuesOf(inner['actor'])[0]) ?? idOf(valuesOf(act.activity['actor'])[0])
  const time = textOf(act.activity['published'])
  const kind = type ?? 'unknown'
  const of = { ...act, kind: `Undo/${kind}` }
  const isReaction = type === 'Like' || type === 'Dislike' || type === 'EmojiReact'
  if (isReaction && target !== undefined) {
    const withActor = { activity: { ...inner, actor: actor ?? '?' }, kind }
    yield plainAct(
      of,
      {},
      { objectId: reactionOf(withActor, target).objectId, verb: 'removed', inReplyTo: target },
      time,
    )
  } else if (type === 'Follow' && target !== undefined) {
    const objectId = madeId('follow', actor ?? '?', target)
    const person = personOf('target', valuesOf(inner['object'])[0], act.saying.account)
    const fact = plainAct(of, {}, { objectId, verb: 'unfollowed', actId: idOf(act.activity) }, time)
    yield person === undefined ? fact : { ...fact, persons: [...(fact.persons ?? []), person] }
  } else {
    const objectId = idOf(act.object) ?? target
    const isShare = type === 'Announce' || type === undefined
    if (objectId !== undefined)
      yield plainAct(of, {}, { objectId, verb: isShare ? 'removed' : 'unrecognised' }, time)
  }
}
