import type { Answer, AnswerThread, Redaction } from './answer.ts'

/** So many records are still a document that opens, prints and is read. */
export const volumeSize = 2000

/** A part of the answer that is one document: the first has all but the copy, and every one its records. */
export type Volume = {
  readonly number: number
  readonly of: number
  readonly threads: readonly AnswerThread[]
  /** What is redacted in its records; in the first also elsewhere. */
  readonly redactions: readonly Redaction[]
}

/** The answer in its volumes: at least one. A thread that does not fit goes on in the next. */
export function volumesOf({ copy, withheld }: Answer): Volume[] {
  const threads: AnswerThread[][] = []
  let number = 0
  for (const { records, ...thread } of copy.threads) {
    for (let done = 0; done < records.length; ) {
      const at = Math.floor(number / volumeSize)
      const now = records.slice(done, done + volumeSize - (number % volumeSize))
      threads[at] = [...(threads[at] ?? []), { ...thread, records: now }]
      done += now.length
      number += now.length
    }
  }
  const redactions = Map.groupBy(withheld.redactions, ({ path }) => {
    const record = recordAt(copy.threads, path)
    return record === undefined ? 1 : volumeOf(record.number)
  })
  const of = Math.max(1, threads.length)
  return Array.from({ length: of }, (_, index) => ({
    number: index + 1,
    of,
    threads: threads[index] ?? [],
    redactions: redactions.get(index + 1) ?? [],
  }))
}

/** The volume that a record stands in. */
export function volumeOf(record: number): number {
  return Math.floor((record - 1) / volumeSize) + 1
}

/** The file of a volume: answer.pdf, answer-2.pdf. */
export function fileName(volume: number, extension: 'html' | 'pdf'): string {
  return volume === 1 ? `answer.${extension}` : `answer-${volume}.${extension}`
}

/** The record that a redaction's path points into. */
export function recordAt(threads: Answer['copy']['threads'], path: string) {
  const [, thread, record] = /^\/copy\/threads\/(\d+)\/records\/(\d+)/.exec(path) ?? []
  return threads[Number(thread)]?.records[Number(record)]
}
