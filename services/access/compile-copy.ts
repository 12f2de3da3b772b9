import type { AnswerRecord, AnswerThread, Redaction } from './answer.ts'
import { channelName, type RegisterThen, ruleOf, rulesIn } from './compile-activities.ts'
import type { CompileInput } from './compile-input.ts'
import { type Persons, personsOf } from './compile-masker.ts'
import { type CopyContext, compileRecord } from './compile-record.ts'
import { reviewIn } from './compile-review.ts'
import type { Item } from './items.ts'

export type Copy = {
  readonly threads: readonly AnswerThread[]
  /** Messages and the like that were left out, since the account is not proven to be theirs. */
  readonly privateRecords: number
  readonly withheld: (item: Item) => boolean
  /** Private, and on an account that is not proven to be theirs. */
  readonly unproven: (item: Item) => boolean
  /** The number of the record that brought an object into being; undefined where none of it is in the copy. */
  readonly numberOf: (object: string) => number | undefined
  readonly shown: Persons['shown']
  readonly redact: CopyContext['redact']
  readonly disposal: CopyContext['disposal']
  readonly redactions: () => readonly Redaction[]
  /** Masks one more text of the answer and lists what was taken out of it. */
  readonly mask: (path: string, text: string) => string
}

function whenOf(item: Item): string {
  const at = item.content?.occurredAt
  // The day alone sorts before every instant of it.
  return at === undefined ? item.event.occurredOn : new Date(at).toISOString()
}

function inOrder(a: Item, b: Item): number {
  const [first, second] = [whenOf(a), whenOf(b)]
  if (first !== second) return first < second ? -1 : 1
  return BigInt(a.event.position) < BigInt(b.event.position) ? -1 : 1
}

/** The copy (art. 15.3): thread by thread in the order of time. */
export function compileCopy(input: CompileInput, register: RegisterThen): Copy {
  const { gathered, compiled } = input
  const proven = new Set(
    compiled.links.filter(({ assurance }) => assurance !== 'judgement').map(({ subject }) => subject),
  )
  const isPrivate = privacyOf(gathered.items)
  const withheld = gathered.items.filter((item) => isPrivate(item) && !isProven(item, proven))
  const review = reviewIn(input)
  const excluded = gathered.items.filter(({ event }) => review.excluded.has(event.eventId))
  const left = new Set([...withheld, ...excluded])
  const released = gathered.items.filter((item) => !left.has(item))
  const own = withheld.filter(({ relation }) => relation === 'own' || relation === 'about')
  const persons = personsOf(input, register)
  const threads = [...Map.groupBy(released, ({ thread }) => thread).values()]
    .map((items) => items.toSorted(inOrder))
    .filter((items) => items.some(({ relation }) => relation !== 'context'))
    .toSorted((a, b) => inOrder(a[0] as Item, b[0] as Item))
  const redactions: Redaction[] = []
  const redact: CopyContext['redact'] = (path, ground, count = 1, provision) => {
    redactions.push({ path, ground, count, ...(provision === undefined ? {} : { provision }) })
  }
  if (own.length > 0) redact('/copy/threads', 'accountNotProven', own.length)
  const hidden = new Set(withheld)
  for (const item of excluded) {
    const decided = review.excluded.get(item.event.eventId)
    if (decided && !hidden.has(item)) redact('/copy/threads', decided.ground, 1, decided.provision)
  }
  const context: CopyContext = {
    review,
    statements: gathered.statements,
    persons,
    numbers: numbersOf(threads),
    redact,
    disposal: disposalIn(input),
  }
  let number = 0
  return {
    threads: threads.map((items, index) => {
      const records = items.map((item, at): AnswerRecord => {
        number += 1
        return compileRecord(context, item, number, `/copy/threads/${index}/records/${at}`)
      })
      const channel = items[0]?.event.channelId ?? ''
      const platform = register.channels.get(channel)?.platform ?? 'other'
      return { channel: channel === '' ? '' : channelName(register, channel), platform, records }
    }),
    privateRecords: own.length,
    withheld: (item) => left.has(item),
    unproven: (item) => hidden.has(item),
    numberOf: (object) => context.numbers.get(object),
    shown: persons.shown,
    redact,
    disposal: context.disposal,
    redactions: () => redactions,
    mask: (path, text) => {
      const masked = persons.mask(text, true)
      for (const [ground, count] of masked.redactions) redact(path, ground, count)
      return masked.text
    },
  }
}

/** What is done with a private object, or in a conversation, is as private: an edit of a message is a message. */
function privacyOf(items: readonly Item[]): (item: Item) => boolean {
  const streams = new Set(items.filter((it) => it.private).map(({ event }) => event.streamId))
  const conversations = new Set(
    items.filter(({ categories }) => categories.includes('message')).map(({ thread }) => thread),
  )
  return ({ event, thread }) => streams.has(event.streamId) || conversations.has(thread)
}

/** A private record is released to those who stand in it with an account that is proven. */
function isProven(item: Item, proven: ReadonlySet<string>): boolean {
  return [item.authorId, ...item.people.map(({ subjectId }) => subjectId)].some(
    (it) => it !== undefined && proven.has(it),
  )
}

/** The number of the record that created each object, else of its first. */
function numbersOf(threads: readonly (readonly Item[])[]): Map<string, number> {
  const numbers = new Map<string, number>()
  let number = 0
  for (const { event } of threads.flat()) {
    number += 1
    if (!numbers.has(event.streamId)) numbers.set(event.streamId, number)
  }
  return numbers
}

function disposalIn({ gathered }: CompileInput): CopyContext['disposal'] {
  const versions = new Map(
    rulesIn(gathered.disposedUnder).map((it) => [`${it.id} ${it.version}`, ruleOf(it)]),
  )
  return (streamId) => {
    const found = gathered.disposals.get(streamId)
    if (found === undefined) return { rules: [] }
    return {
      decidedOn: found.condemnedOn,
      position: found.condemned,
      rules: found.rules.flatMap(({ rule, version }) => versions.get(`${rule} ${version}`) ?? []),
    }
  }
}
