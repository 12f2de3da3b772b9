import { asList, asObject, type JsonObject, parseObject } from './lossless.ts'
import { isSigned, sign, xSignature } from './signature.ts'
import {
  type ChallengeAnswer,
  type ChallengeSecrets,
  type Translated,
  unrecognised,
  type WebhookSource,
} from './source.ts'
import { fromAccountActivity } from './x-account-activity.ts'
import { fromActivity } from './x-activity.ts'
import { fromComplianceStream, isComplianceEvent } from './x-compliance.ts'
import { fromPull } from './x-pull.ts'

const mapper = 'x-webhook/v1'

/** X: Activity API, the older Account Activity API, and what a poller hands on of the v2 API and the compliance streams. */
export const xWebhook: WebhookSource = {
  platform: 'x',
  mapper,
  challenge,
  verify: (delivery, secrets) => isSigned(xSignature, delivery, secrets),
  translate: (body, receivedAt) => translate(parseObject(body, 'body'), receivedAt),
}

/** The challenge-response check. X asks when it likes (its own pages say hourly and half-hourly): the answer needs no memory. */
function challenge(
  query: Readonly<Record<string, string | undefined>>,
  secrets: ChallengeSecrets,
): ChallengeAnswer | undefined {
  const token = query['crc_token']
  const secret = secrets.signing.find((bytes) => bytes.length > 0)
  if (token === undefined || token === '' || secret === undefined) return undefined
  const answer = { response_token: `${xSignature.prefix}${sign(xSignature, secret, token)}` }
  return { status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
}

function* translate(body: JsonObject, seenAt: string): Generator<Translated> {
  const data = asObject(body['data'])
  if (body['for_user_id'] !== undefined || body['user_event'] !== undefined)
    yield* fromAccountActivity(body, mapper, seenAt)
  else if (data?.['event_uuid'] !== undefined || data?.['payload'] !== undefined)
    yield* fromActivity(data, mapper, seenAt)
  else if (data !== undefined && isComplianceEvent(data)) yield fromComplianceStream(data, mapper, seenAt)
  else if (isActivityList(body))
    for (const item of asList(body['data'])) yield* fromActivity(asObject(item) ?? {}, mapper, seenAt)
  else if (body['data'] !== undefined || Array.isArray(body['errors'])) yield* fromPull(body, mapper, seenAt)
  else yield unrecognised('body', body, 'unknown kind of delivery')
}

function isActivityList(body: JsonObject): boolean {
  const items = asList(body['data'])
  return items.length > 0 && items.every((item) => asObject(item)?.['event_uuid'] !== undefined)
}
