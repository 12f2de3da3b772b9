import { join } from 'node:path'
import type { ClientBase } from 'pg'
import type { DatabaseKind } from '../db/roles.ts'
import { DomainError } from '../platform/errors.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { controllersOf, writeBackup } from './backup-write.ts'
import { print, progressLine } from './output.ts'
import { readBackup } from './restore-read.ts'
import { openRuntime, type Runtime } from './runtime.ts'

/** Which of the two databases, when not both. */
export type OneDatabase = { ledgerOnly?: boolean; keyringOnly?: boolean }

export async function backup(options: { out: string; json?: boolean } & OneDatabase): Promise<void> {
  const kinds = kindsOf(options)
  const runtime = await openRuntime({ logLevel: 'warn' })
  try {
    for (const manifest of await backUp(runtime, options.out, kinds)) {
      print(
        options.json,
        manifest,
        `${manifest.database}: ${rowsOf(manifest)} rows in ${join(options.out, manifest.database)}`,
      )
    }
  } finally {
    await runtime.close()
  }
}

/** The ledger first: so the keyring holds the key of every event that is in it. */
export async function backUp(
  runtime: Runtime,
  folder: string,
  kinds: readonly DatabaseKind[],
): Promise<BackupManifest[]> {
  const controllers = await withAdmin(runtime, 'ledger', controllersOf)
  const manifests: BackupManifest[] = []
  for (const kind of kinds) {
    const progress = progressLine(`${kind}:`)
    const manifest = await withAdmin(runtime, kind, (client) =>
      writeBackup(client, {
        kind,
        folder: join(folder, kind),
        takenAt: runtime.clock.now(),
        controllers,
        journal: runtime.journal().head(),
        onProgress: (_, rows) => progress(rows),
      }),
    )
    progress()
    manifests.push(manifest)
  }
  return manifests
}

export async function restore(options: { from: string; json?: boolean } & OneDatabase): Promise<void> {
  const kinds = kindsOf(options)
  const runtime = await openRuntime({ logLevel: 'warn' })
  try {
    if (runtime.databases.embedded) await runtime.databases.migrate()
    for (const kind of kinds) {
      const manifest = await restoreOne(runtime, kind, join(options.from, kind))
      print(
        options.json,
        { database: kind, takenAt: manifest.takenAt, rows: rowsOf(manifest), logs: manifest.logs },
        `${kind}: ${rowsOf(manifest)} rows as of ${manifest.takenAt}. The next start erases again what was erased since.`,
      )
    }
  } finally {
    await runtime.close()
  }
}

export async function restoreOne(
  runtime: Runtime,
  kind: DatabaseKind,
  folder: string,
): Promise<BackupManifest> {
  const progress = progressLine(`${kind}:`)
  const manifest = await withAdmin(runtime, kind, (client) =>
    readBackup(client, kind, folder, (_, rows) => progress(rows)),
  )
  progress()
  return manifest
}

/** Runs `work` on an administrative connection. */
export async function withAdmin<T>(
  runtime: Runtime,
  kind: DatabaseKind,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = await runtime.databases.admin(kind)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function kindsOf({ ledgerOnly, keyringOnly }: OneDatabase): DatabaseKind[] {
  if (ledgerOnly === true && keyringOnly === true) {
    throw new DomainError('validation-failed', '--ledger-only and --keyring-only exclude each other')
  }
  return keyringOnly === true ? ['keyring'] : ledgerOnly === true ? ['ledger'] : ['ledger', 'keyring']
}

function rowsOf(manifest: BackupManifest): number {
  return manifest.tables.reduce((sum, { rows }) => sum + rows, 0)
}
