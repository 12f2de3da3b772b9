import { createHash } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { ZipFile } from 'yazl'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { activitiesOf } from './activities.ts'
import type { Answer } from './answer.ts'
import type { Language } from './case-file.ts'
import { proofLines } from './evidence.ts'
import { answerHtml } from './html.ts'
import type { CompiledAnswer } from './package.ts'
import { answerPdf } from './pdf.ts'
import { fileName, volumesOf } from './volumes.ts'

export type Manifest = {
  readonly format: 'liggare/access-manifest/v2'
  readonly case: string
  readonly language: Language
  /** Everything in the log before this position is in the answer. */
  readonly position: string
  /** The newest signed state of the log when the answer was fixed (c2sp.org/tlog-checkpoint), verbatim. */
  readonly checkpoint?: { readonly size: number; readonly note: string }
  readonly files: readonly FileDigest[]
}

export type FileDigest = { readonly name: string; readonly bytes: number; readonly digest: string }

/** One file of the package, made while it is read; to be read once. */
export type AnswerFile = { readonly name: string; readonly content: () => AsyncIterable<Uint8Array> }

/**
 * The files of an answer in the order in which they are written; the manifest, which has the digests of the others, last.
 * Each is made a piece at a time, so that no file is held whole.
 */
export function filesOf(ledger: Ledger, log: Log, { answer, evidence }: CompiledAnswer): AnswerFile[] {
  const digests: FileDigest[] = []
  const file = (name: string, make: () => Pieces): AnswerFile => ({
    name,
    content: () => digested(name, make(), digests),
  })
  const volumes = volumesOf(answer)
  return [
    ...volumes.map((it) => file(fileName(it.number, 'pdf'), () => answerPdf(answer, it))),
    ...volumes.map((it) => file(fileName(it.number, 'html'), () => [answerHtml(answer, it)])),
    file('answer.json', () => answerJson(answer)),
    file('activities.json', () => activitiesOf(answer)),
    ...(evidence === undefined
      ? []
      : [file('proofs.ndjson', () => proofLines(ledger, log, answer, evidence))]),
    {
      name: 'manifest.json',
      content: async function* () {
        const manifest: Manifest = {
          format: 'liggare/access-manifest/v2',
          case: answer.case.id,
          language: answer.language,
          position: answer.upTo.position,
          ...(evidence && { checkpoint: { size: evidence.size, note: evidence.note } }),
          files: digests,
        }
        yield Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
      },
    },
  ]
}

type Pieces = Iterable<string> | AsyncIterable<string | Uint8Array>

async function* digested(name: string, pieces: Pieces, digests: FileDigest[]): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let bytes = 0
  let since = performance.now()
  for await (const piece of pieces) {
    // What is made without waiting for anything lets others have their turn.
    if (performance.now() - since > 10) {
      await setImmediate()
      since = performance.now()
    }
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    hash.update(chunk)
    bytes += chunk.length
    yield chunk
  }
  digests.push({ name, bytes, digest: `sha256:${hash.digest('hex')}` })
}

/** The answer as JSON, a record a line. */
function* answerJson(answer: Answer): Generator<string> {
  const { copy, withheld, ...rest } = answer
  yield `${JSON.stringify(rest).slice(0, -1)},\n"copy":{"threads":[`
  for (const [index, { records, ...thread }] of copy.threads.entries()) {
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(thread).slice(0, -1)},"records":[\n`
    for (const [at, record] of records.entries()) yield `${at === 0 ? '' : ',\n'}${JSON.stringify(record)}`
    yield '\n]}'
  }
  yield `]},\n"withheld":{"privateRecords":${withheld.privateRecords},"redactions":[`
  for (const [at, it] of withheld.redactions.entries()) yield `${at === 0 ? '' : ','}\n${JSON.stringify(it)}`
  yield ']}}\n'
}

/** All files in one zip, written as they are made. The same files make the same bytes: no clock, no time zone in it. */
export function zipOf(files: readonly AnswerFile[]): Readable {
  const zip = new ZipFile()
  // yazl writes the parts of a local date, and this one has the same parts everywhere.
  const mtime = new Date(1980, 0, 1)
  for (const { name, content } of files) {
    zip.addReadStreamLazy(name, { mtime, mode: 0o100644, forceDosTimestamp: true }, (done) => {
      done(null, Readable.from(content(), { objectMode: false }))
    })
  }
  zip.end()
  const out = zip.outputStream.pipe(new PassThrough())
  // A file that fails must not leave the reader waiting for a zip that never ends.
  zip.on('error', (error: Error) => out.destroy(error))
  return out
}

/** Makes all files once for their digests alone. */
export async function digestOf(files: readonly AnswerFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, content } of files) {
    for await (const chunk of content()) if (name === 'manifest.json') hash.update(chunk)
  }
  return `sha256:${hash.digest('hex')}`
}
