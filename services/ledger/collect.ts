import type { Json } from '../platform/json.ts'
import type { Draft } from './draft.ts'

/** What of a waiting draft decides with which others it may share a transaction. */
export type Waiting = {
  readonly draft: Draft
  /** Drafts of one group are stored all or none; they stand side by side in the queue. */
  readonly group: number | null
  /** {@link weightOf} the draft. */
  readonly weight: number
}

/** The most of a batch: larger ones cost latency and memory and save nothing (measured in the bench). */
const limit = { events: 500, weight: 1_048_576 } as const

type Seen = { readonly facts: Set<string>; readonly streams: Map<string, 'expected' | 'free'> }

const nothingSeen = (): Seen => ({ facts: new Set(), streams: new Map() })

/**
 * Takes from the queue's head what may share a transaction: no fact twice, one expected version per stream, groups whole.
 * Takes the first group, or the first draft that is of none, however large it is, and with it `most` events at most.
 */
export function collect<T extends Waiting>(queue: T[], most: number): T[] {
  const events = Math.min(most, limit.events)
  const seen = nothingSeen()
  let size = 0
  let weight = 0
  while (size < queue.length) {
    const unit = unitAt(queue, size)
    weight += weightOfAll(unit)
    if (size > 0 && (size + unit.length > events || weight > limit.weight)) break
    // What is refused has left its names in `seen`, and nothing is taken after it. The first always fits: canShare.
    if (!unit.every(({ draft }) => admit(seen, draft)) && size > 0) break
    size += unit.length
  }
  return queue.splice(0, size)
}

/** The drafts as they can be taken apart: groups whole. */
export function unitsOf<T extends Waiting>(batch: readonly T[]): T[][] {
  const units: T[][] = []
  for (let at = 0; at < batch.length; at += units.at(-1)?.length ?? 1) units.push(unitAt(batch, at))
  return units
}

function unitAt<T extends Waiting>(queue: readonly T[], from: number): T[] {
  const first = queue[from] as T
  if (first.group === null) return [first]
  let end = from + 1
  while (queue[end]?.group === first.group) end += 1
  return queue.slice(from, end)
}

/** Whether the drafts can be stored in one transaction at all: if not, they are no group. */
export function canShare(drafts: readonly Draft[]): boolean {
  const seen = nothingSeen()
  return drafts.every((draft) => admit(seen, draft))
}

function admit({ facts, streams }: Seen, draft: Draft): boolean {
  const names = [draft.fact, draft.alias].filter((it) => it !== undefined)
  if (names.some((name) => facts.has(name))) return false
  const stream = 'id' in draft.stream ? draft.stream.id : draft.stream.object
  const before = streams.get(stream)
  if (before !== undefined && (before === 'expected' || draft.expectedVersion !== undefined)) return false
  for (const name of names) facts.add(name)
  streams.set(stream, draft.expectedVersion === undefined ? 'free' : 'expected')
  return true
}

/** About how many bytes a draft is: the characters of what it seals and of its open payload. */
export function weightOf(draft: Draft): number {
  let weight = charactersOf(draft.data)
  for (const part of draft.parts) weight += charactersOf(part.content)
  return weight
}

export function weightOfAll(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, it) => sum + it.weight, 0)
}

function charactersOf(value: Json | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let characters = 0
  for (const [name, member] of Object.entries(value)) characters += name.length + charactersOf(member)
  return characters
}
