import type { Person } from '../events/interaction.ts'
import { DomainError } from '../platform/errors.ts'
import { jsonArrayItems } from './archive-json-array.ts'
import { asList, asObject, asText, type Json, type JsonObject, parseLossless } from './lossless.ts'
import { peelList } from './meta-list.ts'
import { isScrambled, metaRepair, unscramble } from './mojibake.ts'
import { type Account, type ArchiveFile, defined, type Translated } from './source.ts'
import { fromSeconds } from './time.ts'

/** What Facebook's and Instagram's downloads share: lists of items, mojibake, and owners who are named but not numbered. */

/** One item of a list as it came, with the list's name where there is one and the repair of this file's texts. */
export type ExportItem = {
  readonly raw: Json
  readonly list: string | undefined
  readonly fix: (text: string) => string
  readonly account: Account | undefined
  readonly observedAt: string
}

/** How many items decide whether a file is mojibake. */
const sampleSize = 500

/** The last segment of a path: what errors may name, since folders of messages are called after people. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

type Held = { readonly raw: Json; readonly list: string | undefined }

/** The items of a file, be it a list or an object that holds lists, one at a time. */
export async function* exportItems(
  file: ArchiveFile,
  account: Account | undefined,
): AsyncGenerator<ExportItem> {
  let sample: Held[] | undefined = []
  let fix = (text: string) => text
  const finish = (each: Held) => ({ ...each, fix, account, observedAt: file.observedAt })
  for await (const each of heldItems(file)) {
    if (sample === undefined) yield finish(each)
    else if (sample.push(each) >= sampleSize) {
      fix = fixOf(sample)
      yield* sample.map(finish)
      sample = undefined
    }
  }
  if (sample === undefined) return
  fix = fixOf(sample)
  yield* sample.map(finish)
}

async function* heldItems(file: ArchiveFile): AsyncGenerator<Held> {
  const where = baseName(file.path)
  const { list, bytes, rest } = await peelList(file.bytes, (name) => !itemKeys.includes(name))
  for await (const part of jsonArrayItems(bytes, { where })) {
    if (!part.whole) throw new DomainError('source-unsafe', `${where}: item ${part.index} is too large`)
    const raw = parseLossless(part.text, `${where}: item ${part.index}`)
    if (list === undefined) yield* unwrap(raw)
    else yield { raw, list }
  }
  const others = parseLossless(rest(), `${where}: after its list`)
  if (Object.keys(asObject(others) ?? {}).length > 0) yield* unwrap(others)
}

function fixOf(sample: readonly Held[]): (text: string) => string {
  return isScrambled(sample.map((each) => each.raw)) ? (text) => unscramble(text) ?? text : (text) => text
}

const itemKeys = [
  'timestamp',
  'creation_timestamp',
  'string_map_data',
  'string_list_data',
  'label_values',
  'media',
  'messages',
]

/** `{comments_v2: […]}` and `{wall_posts: {activity_log_data: […]}}` hold items; an object with an item's own keys is one. */
function* unwrap(value: Json, depth = 0): Iterable<Held> {
  const object = asObject(value)
  const isItem = object === undefined || itemKeys.some((key) => Object.hasOwn(object, key))
  const parts = isItem
    ? []
    : Object.entries(object).filter(([, each]) => typeof each === 'object' && each !== null)
  if (parts.length === 0 || depth > 1) {
    yield { raw: value, list: undefined }
    return
  }
  for (const [list, each] of parts) {
    if (Array.isArray(each)) for (const raw of each as readonly Json[]) yield { raw, list }
    else for (const inner of unwrap(each, depth + 1)) yield { raw: inner.raw, list: inner.list ?? list }
  }
}

/** The whole file as one object: a conversation, a profile. */
export async function exportObject(
  file: ArchiveFile,
): Promise<{ raw: JsonObject; fix: (text: string) => string }> {
  const where = baseName(file.path)
  for await (const part of jsonArrayItems(file.bytes, { where })) {
    const raw = part.whole ? asObject(parseLossless(part.text, where)) : undefined
    if (raw !== undefined) return { raw, fix: fixOf([{ raw, list: undefined }]) }
    break
  }
  throw new DomainError('source-malformed', `${where}: not a JSON object of a size that can be read`)
}

/** The text that was meant; where that is not what stands there, what stands there too. */
export function textOf(
  raw: Json | undefined,
  fix: (text: string) => string,
): { text?: string; rawText?: string; repair?: string } {
  const written = asText(raw)
  if (written === undefined) return {}
  const text = fix(written)
  return text === written ? { text } : { text, rawText: written, repair: metaRepair }
}

/** A time in seconds, or the day of the export as an observation. */
export function exportTime(seconds: Json | undefined, observedAt: string) {
  const native = asText(seconds)
  const time = fromSeconds(native)
  return time === undefined
    ? { occurredAt: observedAt, precision: 'second' as const, basis: 'observed' as const, native: undefined }
    : { ...time, basis: 'occurred' as const, native }
}

/** A name; where it is the account's own, with all that is known of the account. */
export function personNamed(
  name: string | undefined,
  account: Account | undefined,
): Omit<Person, 'role'> | undefined {
  const isOwn = name === undefined || name === account?.displayName || name === account?.handle
  if (isOwn && account !== undefined) return defined({ ...account })
  return name === undefined ? undefined : { displayName: name }
}

/** A person as the author, or nobody. */
export function asAuthor(person: Omit<Person, 'role'> | undefined): Person[] {
  return person === undefined ? [] : [{ role: 'author', ...person }]
}

/** Newer downloads: `label_values: [{label, value | href | timestamp_value | vec | dict}]`, labels in the reader's language. */
export function labels(item: JsonObject, fix: (text: string) => string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  collectLabels(asList(item['label_values']), fix, found)
  return found
}

function collectLabels(
  entries: readonly Json[],
  fix: (text: string) => string,
  into: Map<string, string>,
): void {
  for (const entry of entries) {
    const object = asObject(entry)
    const label = asText(object?.['label'])
    const value = asText(object?.['value']) ?? asText(object?.['href']) ?? asText(object?.['timestamp_value'])
    if (label !== undefined && value !== undefined && !into.has(fix(label))) into.set(fix(label), fix(value))
    for (const inner of [...asList(object?.['dict']), ...asList(object?.['vec'])])
      collectLabels([inner], fix, into)
  }
}

/** The first of the words that labels something here. */
export function labelled(values: ReadonlyMap<string, string>, words: readonly string[]): string | undefined {
  return words.map((word) => values.get(word)).find((value) => value !== undefined)
}

export type ItemReader = (item: ExportItem) => Iterable<Translated>
