import type { ClientBase } from 'pg'
import { DomainError } from '../platform/errors.ts'

/** One row in PostgreSQL's binary COPY format: `chunk` from `at` on holds the fields, each behind its length. */
export type OnRow = (chunk: Buffer, at: number) => void

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
// The signature, four bytes of flags and four of the length of an extension, which no server sends.
const fileHeader = signature.length + 8

/**
 * Runs `copy (select) to stdout (format binary)` and hands over row by row as they arrive: no row is kept, no value turned
 * into text that is only compared, a quarter of the cost of a result set. COPY takes no parameters: `select` must be a text
 * of this program with integers in it, and is subject to row-level security like any other query.
 */
export function copyOut(client: ClientBase, select: string, onRow: OnRow): Promise<void> {
  return new Promise((resolve, reject) => {
    let first = true
    let failed: unknown
    const take = (chunk: Buffer) => {
      let at = 0
      if (first) {
        if (!chunk.subarray(0, signature.length).equals(signature)) {
          throw new DomainError('integrity-failed', 'The database does not answer in the binary COPY format.')
        }
        at = fileHeader
        first = false
      }
      // The end is told by a row of -1 fields.
      if (at < chunk.length && chunk.readInt16BE(at) >= 0) onRow(chunk, at + 2)
    }
    client.query({
      submit: (connection: { query(text: string): void }) =>
        connection.query(`copy (${select}) to stdout (format binary)`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        if (failed !== undefined) return
        try {
          take(chunk)
        } catch (error) {
          // Thrown on, it would end the process: we are inside the socket's event.
          failed = error
        }
      },
      handleError: reject,
      handleCommandComplete: () => {},
      handleReadyForQuery: () => (failed === undefined ? resolve() : reject(failed)),
    })
  })
}
