import { DomainError } from '../platform/errors.ts'
import { pieces } from './activitystreams-stream.ts'
import { readCloudEvent } from './cloudevents.ts'
import { isNode, type JsonNode } from './detail.ts'
import { type ArchiveFile, type ArchiveSource, nativeWord, type Translated, unrecognised } from './source.ts'

const anyChannel = '00000000-0000-4000-8000-000000000000'

/** CloudEvents in the JSON format, one a line: what an export of ours is. Another's events are kept as unrecognised. */
export const cloudEvents: ArchiveSource = {
  platform: 'cloudevents',
  mapper: 'cloudevents/v1',
  recognise: (paths) => paths.length > 0 && paths.every((path) => isCloudEvents(path)),
  role: (path) => (isCloudEvents(path) ? 'facts' : 'unknown'),
  translate: (file) => translateFile(file),
}

function isCloudEvents(path: string): boolean {
  return /\.(?:cloudevents|ce)\.(?:jsonl|ndjson|json)$/i.test(path)
}

async function* translateFile(file: ArchiveFile): AsyncGenerator<Translated> {
  const where = 'CloudEvents file'
  for await (const piece of pieces(file.bytes, where, () => false)) {
    if (piece.text === undefined) yield unrecognised('event', `byte ${piece.offset}`, 'too long')
    else yield translateEvent(piece.text, `${where}, byte ${piece.offset}`)
  }
}

function translateEvent(text: string, where: string): Translated {
  const event = parse(text, where)
  const reading = readCloudEvent(onAnyChannel(event))
  if (reading.ok) {
    const { channel: _, ...interaction } = reading.interaction
    return { kind: 'interaction', interaction, alias: reading.alias }
  }
  const places = reading.violations.map(({ pointer }) => pointer.split('/').slice(0, 3).join('/'))
  return unrecognised(
    nativeWord(event['type']),
    event,
    `does not fit: ${[...new Set(places)].slice(0, 5).join(', ')}`,
  )
}

function parse(text: string, where: string): JsonNode {
  try {
    return JSON.parse(text) as JsonNode
  } catch {
    throw new DomainError('source-malformed', `${where}: not JSON`)
  }
}

/** The channel is the importer's to say; the one in the file may be another installation's. */
function onAnyChannel(event: JsonNode): JsonNode {
  return isNode(event['data']) ? { ...event, data: { ...event['data'], channel: anyChannel } } : event
}
