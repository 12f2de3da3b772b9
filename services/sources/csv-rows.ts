import { Readable } from 'node:stream'
import { type Parser, parse } from 'csv-parse'
import { DomainError } from '../platform/errors.ts'

/** A row by column name in lower case, and its place. */
export type CsvRow = { readonly line: number; readonly fields: Readonly<Record<string, string>> }

/** The longest row that is read, in characters. */
const maxRow = 16 * 1024 ** 2

/**
 * The rows of a CSV file, streamed. Some exports put notes before the header: the header is the first row that `isHeader` takes
 * (names trimmed, in lower case). Throws `source-malformed` with the line.
 */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  where: string,
  isHeader: (names: readonly string[]) => boolean,
): AsyncGenerator<CsvRow> {
  const parser: Parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRow,
  })
  const source = Readable.from(decoded(bytes, where))
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let header: readonly string[] | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      if (header === undefined) {
        const names = record.map((name) => name.trim().toLowerCase())
        if (isHeader(names)) header = names
        else if (info.lines > 100) break
        continue
      }
      const fields: Record<string, string> = Object.create(null)
      for (const [index, name] of header.entries()) fields[name] = record[index] ?? ''
      yield { line: info.lines, fields }
    }
  } catch (error) {
    if (error instanceof DomainError) throw error
    const { code, lines } = error as { code?: unknown; lines?: unknown }
    if (typeof code !== 'string' || !code.startsWith('CSV_')) throw error
    throw new DomainError(
      'source-malformed',
      `${where}: ${code} at line ${String(lines ?? parser.info.lines)}`,
    )
  } finally {
    source.destroy()
  }
  if (header === undefined) throw new DomainError('source-malformed', `${where}: no header row`)
}

async function* decoded(bytes: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if (error instanceof TypeError) throw new DomainError('source-malformed', `${where}: not UTF-8`)
    throw error
  }
}
