import { Readable } from 'node:stream'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import type { FileStore } from './file-store.ts'
import { isUnderWay } from './import-cancel.ts'
import { keptDeliveries, openDelivery } from './keep.ts'
import { storeUpload, type Upload } from './uploads.ts'

export type ImportJob = {
  readonly log: Log
  readonly channel: string
  readonly fileName: string
  readonly actor: Actor
  readonly upload: Upload
  readonly platform?: string
  readonly resume: boolean
}

const actor = { name: 'liggare resume' }

/** The imports that no process is at, that came to no end and were not called off, with their kept archives as uploads. */
export async function leftImports(
  ledger: Ledger,
  store: FileStore,
): Promise<{ readonly log: Log; readonly id: string; readonly job: ImportJob }[]> {
  const left = []
  for (const log of await ledger.list()) {
    for (const { id, channel } of await keptDeliveries(ledger, log, { open: true })) {
      if (await isUnderWay(ledger, id)) continue
      const events = await reading(ledger, log, (tx) =>
        readEvents(tx, { controller: log.controller, streamId: id, limit: 10_000 }),
      )
      const last = events.findLast(({ type }) => type.startsWith('import.'))
      if (last?.type !== 'import.started') continue
      const upload = await openedUpload(ledger, log, id, store)
      if (upload === undefined) continue
      const { format } = last.data
      const platform = typeof format === 'string' ? { platform: format } : {}
      left.push({
        log,
        id,
        job: { log, channel, fileName: 'upload', actor, upload, resume: true, ...platform },
      })
    }
  }
  return left
}

async function openedUpload(
  ledger: Ledger,
  log: Log,
  id: string,
  store: FileStore,
): Promise<Upload | undefined> {
  const why = {
    actor,
    kind: 'machine-scan',
    purpose: 'Gå vidare med en inläsning som avbröts',
    scope: { delivery: id },
  } as const
  return lookUp(ledger, log, why, async () => {
    const bytes = await openDelivery(ledger, log, id, store)
    return bytes && storeUpload(Readable.from(bytes), Number.MAX_SAFE_INTEGER)
  })
}
