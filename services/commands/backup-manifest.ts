import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { DatabaseKind } from '../db/roles.ts'
import { DomainError } from '../platform/errors.ts'

const Migration = z.strictObject({ name: z.string(), sha256: z.string() })

/**
 * What lies in one database's folder of a backup: a file for each table, JSON lines packed with gzip, one row a line as
 * PostgreSQL's `row_to_json` writes it. `logs` and `journal` say how far the log and the erasure journal had come.
 */
export const BackupManifest = z.strictObject({
  liggare: z.literal('backup/v1'),
  database: z.enum(['ledger', 'keyring']),
  takenAt: z.iso.datetime({ offset: true }),
  migrations: z.array(Migration),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      file: z.string(),
      rows: z.int(),
      bytes: z.int(),
      sha256: z.string(),
    }),
  ),
  logs: z.array(
    z.strictObject({
      controller: z.string(),
      size: z.string(),
      /** Leaf input of the last event, hexadecimal; null for an empty log. */
      lastEntry: z.string().nullable(),
      /** The newest signed checkpoint of the log, base64. */
      checkpoint: z.string().nullable(),
    }),
  ),
  epochs: z.array(z.strictObject({ epoch: z.int(), state: z.string() })),
  journal: z.strictObject({ entries: z.int(), last: z.string() }).nullable(),
})
export type BackupManifest = z.infer<typeof BackupManifest>

/** Reads a backup's manifest and checks every file against it. `source-malformed` for anything that is not as it says. */
export async function readManifest(folder: string, kind: DatabaseKind): Promise<BackupManifest> {
  const path = join(folder, 'manifest.json')
  if (!existsSync(path))
    throw new DomainError('not-found', `There is no backup in ${folder}: no manifest.json.`)
  const parsed = BackupManifest.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success || parsed.data.database !== kind) {
    throw new DomainError('source-malformed', `${path} is no manifest of a Liggare backup of the ${kind}.`)
  }
  for (const { file, sha256 } of parsed.data.tables) {
    if (!existsSync(join(folder, file)) || (await sha256Of(join(folder, file))) !== sha256) {
      throw new DomainError(
        'source-malformed',
        `${file} in ${folder} is not what the manifest says: the backup is damaged.`,
      )
    }
  }
  return parsed.data
}

async function sha256Of(path: string): Promise<string> {
  const digest = createHash('sha256')
  await pipeline(createReadStream(path), digest)
  return digest.digest('hex')
}
