import { DomainError } from '../platform/errors.ts'
import { textLines } from './archive-lines.ts'
import { detailText } from './detail.ts'
import { asObject, asText, type Json, type JsonObject, parseLossless } from './lossless.ts'
import {
  type ArchiveFile,
  type ArchiveSource,
  defined,
  nativeWord,
  type PlatformDemand,
  type Translated,
  unrecognised,
} from './source.ts'
import { xId } from './x-text.ts'
import { xTime } from './x-time.ts'

const mapper = 'x-compliance/v1'

/** X's demands, from a batch job (`tweets_compliance.jsonl`, `users_…`) or the compliance streams. They wait for a decision. */
export const xCompliance: ArchiveSource = {
  platform: 'x',
  mapper,
  recognise: (paths) => paths.length > 0 && paths.every((path) => /compliance[^/]*\.jsonl?$/i.test(path)),
  role: (path) => (/\.jsonl?$/i.test(path) ? 'facts' : 'unknown'),
  translate,
}

async function* translate(file: ArchiveFile): AsyncGenerator<Translated> {
  const isUsers = /user/i.test(baseName(file.path))
  for await (const { text, number } of textLines(file.bytes, 'compliance file')) {
    if (text.trim() !== '') yield fromLine(text, number, isUsers ? 'user' : 'post', file.observedAt)
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function fromLine(text: string, number: number, about: 'post' | 'user', seenAt: string): Translated {
  try {
    const line = asObject(parseLossless(text, `line ${number}`))
    if (line === undefined) return unrecognised('compliance', text, `line ${number}: no JSON object`)
    return asObject(line['data']) === undefined
      ? fromBatch(line, about, seenAt)
      : fromComplianceStream(asObject(line['data']) ?? {}, mapper, seenAt)
  } catch (error) {
    if (error instanceof DomainError) return unrecognised('compliance', text, error.message)
    throw error
  }
}

/** `{"id","action":"delete","created_at","redacted_at"?,"reason"}`: the file's name tells whether ids are posts or users. */
function fromBatch(line: JsonObject, about: 'post' | 'user', seenAt: string): Translated {
  const id = xId(line['id'])
  const word = nativeWord(line['action'])
  const reason = nativeWord(line['reason'])
  const action = reason.startsWith('scrub') ? 'modify' : batchActions[word]
  if (id === undefined || action === undefined)
    return unrecognised(`compliance/${word}`, line, 'no id or unknown action')
  // created_at is when the post or account was made; redacted_at is when X took it away.
  const at = xTime(line['redacted_at'])
  return {
    kind: 'platform-demand',
    ...(about === 'post' ? { objectId: id } : { userId: id }),
    action,
    at: at?.occurredAt ?? seenAt,
    basis: at === undefined ? 'observed' : 'occurred',
    native: defined({
      kind: `compliance/${about}/${word}/${reason}`,
      time: asText(line['redacted_at']),
      mapper,
      detail: detailText({ createdAt: line['created_at'] }),
    }),
  }
}

const batchActions: Readonly<Record<string, PlatformDemand['action']>> = {
  delete: 'delete',
  scrub_geo: 'modify',
}

const streamActions: Readonly<Record<string, PlatformDemand['action']>> = {
  delete: 'delete',
  tweet_edit: 'modify',
  withheld: 'withhold',
  drop: 'withhold',
  undrop: 'restore',
  scrub_geo: 'modify',
  user_delete: 'delete',
  user_undelete: 'restore',
  user_protect: 'withhold',
  user_unprotect: 'restore',
  user_withheld: 'withhold',
  user_suspend: 'withhold',
  user_unsuspend: 'restore',
  user_profile_modification: 'modify',
}

export function isComplianceEvent(data: JsonObject): boolean {
  const keys = Object.keys(data)
  return keys.length === 1 && Object.hasOwn(streamActions, keys[0] ?? '')
}

/** `{"delete":{"tweet":{"id","author_id"},"event_at"}}`, and so on for each kind of event. */
export function fromComplianceStream(data: JsonObject, madeBy: string, seenAt: string): Translated {
  const [key = '?', value] = Object.entries(data)[0] ?? []
  const event = asObject(value)
  const kind = `compliance/${nativeWord(key)}`
  const action = Object.hasOwn(streamActions, key) ? streamActions[key] : undefined
  const post = asObject(event?.['tweet']) ?? asObject(event?.['post'])
  const objectId = xId(post?.['id'], post?.['tweet_id'])
  const userId = xId(asObject(event?.['user'])?.['id'], post?.['author_id'])
  if (event === undefined || action === undefined || (objectId ?? userId) === undefined)
    return unrecognised(kind, data, 'unknown demand')
  const at = xTime(event['event_at'])
  return {
    kind: 'platform-demand',
    ...defined({ objectId, userId }),
    action,
    at: at?.occurredAt ?? seenAt,
    basis: at === undefined ? 'observed' : 'occurred',
    native: defined({
      kind,
      time: asText(event['event_at']),
      mapper: madeBy,
      detail: detailText(restOf(event, post)),
    }),
  }
}

function restOf(event: JsonObject, post: JsonObject | undefined): Record<string, Json> {
  const others = Object.entries(event).filter(([key]) => key !== 'event_at')
  return { ...Object.fromEntries(others), ...(post === undefined ? {} : { post }) }
}
