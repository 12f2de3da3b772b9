import { detailText } from './detail.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, defined, madeId, type Translated, unrecognised } from './source.ts'
import { noted, type Saying, when } from './x-acts.ts'
import { distinct, personById, type Users, usersOf } from './x-person.ts'
import { repairedText, xId } from './x-text.ts'
import { xTime } from './x-time.ts'
import { attachmentOf, linksOf, some } from './x-tweet.ts'

/** `direct_message_events` of both push interfaces (one inside a payload, one at the top), with the users that came along. */
export function* pushedMessages(body: JsonObject, saying: Saying): Generator<Translated> {
  const users = usersOf(body['users'])
  for (const item of asList(body['direct_message_events'])) yield pushedMessage(item, users, saying)
}

function pushedMessage(item: Json, users: Users, saying: Saying): Translated {
  const event = asObject(item)
  const message = asObject(event?.['message_create'])
  const id = xId(event?.['id'])
  if (event === undefined || message === undefined || id === undefined)
    return unrecognised(saying.kind, item, 'no message')
  const data = asObject(message['message_data'])
  const [sender, recipient] = [xId(message['sender_id']), xId(asObject(message['target'])?.['recipient_id'])]
  const media = asObject(asObject(data?.['attachment'])?.['media'])
  const entities = asObject(data?.['entities'])
  return accept(
    defined({
      objectId: id,
      verb: 'messaged' as const,
      ...when(xTime(event['created_timestamp']), saying),
      persons: distinct([
        personById('author', sender, users),
        personById('recipient', recipient, users),
        ...asList(entities?.['user_mentions']).map((it) =>
          personById('mentioned', xId(asObject(it)?.['id_str']), users),
        ),
      ]),
      ...repairedText(data?.['text']),
      links: linksOf(entities),
      hashtags: some(asList(entities?.['hashtags']).map((tag) => asText(asObject(tag)?.['text']))),
      attachments: media === undefined ? undefined : some([attachmentOf(media)]),
      thread: conversationOf(sender, recipient),
      visibility: 'direct' as const,
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        time: asText(event['created_timestamp']),
        detail: detailText({ app: asText(message['source_app_id']) }),
      }),
    }),
    item,
  )
}

/** A conversation of two has both ids for a name, the smaller first, in the archive as in v2. */
function conversationOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined
  return BigInt(a) < BigInt(b) ? `${a}-${b}` : `${b}-${a}`
}

/** One conversation of an archive: its messages and their reactions, and who came and went. */
export function* archivedConversation(item: Json, saying: Saying): Generator<Translated> {
  const conversation = asObject(asObject(item)?.['dmConversation'])
  const thread = asText(conversation?.['conversationId'])
  if (conversation === undefined || thread === undefined || !Array.isArray(conversation['messages'])) {
    yield unrecognised(saying.kind, item, 'no conversation')
    return
  }
  for (const entry of asList(conversation['messages'])) {
    const [kind = '?', value] = Object.entries(asObject(entry) ?? {})[0] ?? []
    const event = asObject(value)
    if (event === undefined) yield unrecognised(saying.kind, entry, 'no message')
    else yield* archivedEvent(kind, event, thread, { ...saying, kind: `${saying.kind}/${kind}` })
  }
}

function* archivedEvent(
  kind: string,
  event: JsonObject,
  thread: string,
  saying: Saying,
): Generator<Translated> {
  if (kind === 'messageCreate' || kind === 'welcomeMessageCreate') {
    yield archivedMessage(event, thread, saying)
    for (const reaction of asList(event['reactions'])) {
      const body = asObject(reaction)
      const nested = { ...saying, kind: saying.kind.replace(/\w+$/, 'reactionCreate') }
      if (body === undefined) yield unrecognised(nested.kind, reaction, 'no reaction')
      else yield archivedReaction(body, thread, xId(event['id']), nested)
    }
  } else if (kind === 'reactionCreate') yield archivedReaction(event, thread, undefined, saying)
  else yield archivedChange(event, thread, saying)
}

function archivedMessage(event: JsonObject, thread: string, saying: Saying): Translated {
  const id = xId(event['id'])
  const time = xTime(event['createdAt'])
  if (id === undefined || time === undefined) return unrecognised(saying.kind, event, 'no id or no time')
  return accept(
    defined({
      objectId: id,
      verb: 'messaged' as const,
      ...time,
      persons: distinct([
        personById('author', xId(event['senderId'])),
        personById('recipient', xId(event['recipientId'])),
      ]),
      ...repairedText(event['text']),
      links: some(
        asList(event['urls']).map(
          (url) => asText(asObject(url)?.['expanded']) ?? asText(asObject(url)?.['url']),
        ),
      ),
      attachments: some(asList(event['mediaUrls']).map((url) => mediaUrl(url))),
      thread,
      visibility: 'direct' as const,
      native: defined({ kind: saying.kind, mapper: saying.mapper, time: asText(event['createdAt']) }),
    }),
    event,
  )
}

function mediaUrl(value: Json): { url: string } | undefined {
  const url = asText(value)
  return url === undefined ? undefined : { url }
}

/** A reaction that stands alone does not say to which message; its event id is its own. */
function archivedReaction(
  event: JsonObject,
  thread: string,
  message: string | undefined,
  saying: Saying,
): Translated {
  const sender = xId(event['senderId'])
  const key = asText(event['reactionKey'])
  const eventId = xId(event['eventId'])
  if (sender === undefined || key === undefined)
    return unrecognised(saying.kind, event, 'no sender or no reaction')
  return accept(
    defined({
      objectId: madeId(
        'reaction',
        eventId ?? message ?? thread,
        sender,
        ...(eventId === undefined ? [key] : []),
      ),
      actId: eventId,
      verb: 'reacted' as const,
      ...when(xTime(event['createdAt']), saying),
      persons: distinct([personById('author', sender)]),
      reaction: key,
      inReplyTo: message,
      thread,
      visibility: 'direct' as const,
      native: defined({ kind: saying.kind, mapper: saying.mapper, time: asText(event['createdAt']) }),
    }),
    event,
  )
}

/** Who joined, left or renamed a conversation: X gives these no id. */
function archivedChange(event: JsonObject, thread: string, saying: Saying): Translated {
  const ids = [...asList(event['userIds']), ...asList(event['participantsSnapshot'])].map((id) => xId(id))
  const time = xTime(event['createdAt'])
  if (time === undefined) return unrecognised(saying.kind, event, 'unknown kind of message')
  return noted(
    {
      id: [thread, time.occurredAt, ...ids.filter((id) => id !== undefined).toSorted()],
      persons: distinct([
        personById('author', xId(event['initiatingUserId'])),
        ...ids.map((id) => personById('subject', id)),
      ]),
      thread,
      time,
      nativeTime: event['createdAt'],
      visibility: 'direct',
      detail: { name: event['name'] },
    },
    saying,
    event,
  )
}
