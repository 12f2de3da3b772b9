import { HttpError } from '../api/http-error.ts'
import { parseJson } from '../api/json-body.ts'
import { declaredNames, violationsIn } from '../api/violations.ts'
import { Interaction } from '../events/interaction.ts'
import { DomainError, type Violation } from '../platform/errors.ts'
import { readCloudEvent } from '../sources/cloudevents.ts'
import type { Incoming } from './ingest.ts'
import { ofLine } from './outcomes.ts'
import type { Line } from './stream-lines.ts'

const violations = violationsIn(Interaction)

/** A value as an interaction, or why it is none. */
export function acceptInteraction(value: unknown): Incoming | Error {
  const parsed = Interaction.safeParse(value, { reportInput: true })
  return parsed.success ? { interaction: parsed.data } : misfit(violations(parsed.error.issues))
}

const envelope = ['specversion', 'id', 'source', 'type', 'time', 'subject', 'dataschema', 'datacontenttype']
const knownWords = new Set([...declaredNames(Interaction), ...envelope, 'data', 'data_base64'])

/** A value as a CloudEvent that carries an interaction, or why it is none. */
export function acceptCloudEvent(value: unknown): Incoming | Error {
  const reading = readCloudEvent(value)
  if (reading.ok) return { interaction: reading.interaction, alias: reading.alias }
  return misfit(reading.violations.map(({ pointer, reason }) => ({ pointer: ownWords(pointer), reason })))
}

/** Names of attributes and extensions are the client's words: the pointer stops before them. */
function ownWords(pointer: string): string {
  const steps = pointer.split('/').slice(1)
  const foreign = steps.findIndex((step) => !knownWords.has(step) && !/^\d{1,4}$/.test(step))
  return steps
    .slice(0, foreign < 0 ? steps.length : foreign)
    .map((step) => `/${step}`)
    .join('')
}

function misfit(found: readonly Violation[]): DomainError {
  const words = found.length === 1 ? '1 field does not fit' : `${found.length} fields do not fit`
  return new DomainError('validation-failed', words, { violations: found })
}

/** A line of a stream as an interaction, or why it is none. */
export function acceptLine({ bytes }: Line): Incoming | Error {
  if (bytes === undefined) return new HttpError('body-too-large', 'The line is longer than 1 MiB.')
  let value: unknown
  try {
    value = parseJson(bytes)
  } catch (error) {
    return ofLine(error)
  }
  return acceptInteraction(value)
}
