import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Account, ArchiveFile, Translated } from '../../services/sources/source.ts'
import { xArchive } from '../../services/sources/x-archive.ts'
import { xWebhook } from '../../services/sources/x-webhook.ts'

export const seenAt = '2026-03-05T09:15:00Z'
export const owner: Account = {
  platformId: '9007199254740993',
  handle: 'kommundir_ex',
  displayName: 'Kim Exempel',
}

export function fixture(path: string): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`../fixtures/authored/${path}`, import.meta.url)))
}

export function file(path: string, content: string | Buffer): ArchiveFile {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content as string)
  }
  return { path, bytes: bytes(), observedAt: seenAt }
}

/** A file of an archive as X wraps it. */
export function ytd(path: string, items: unknown): ArchiveFile {
  return file(
    path,
    `window.YTD.${path.replace(/^.*\//, '').replace('.js', '').replaceAll('-', '_')}.part0 = ${JSON.stringify(items)}`,
  )
}

export function archived(from: ArchiveFile, account: Account | undefined = owner): Promise<Translated[]> {
  return Array.fromAsync(xArchive.translate(from, account))
}

export function pushed(body: unknown, at: string = seenAt): Translated[] {
  return [...xWebhook.translate(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), at)]
}

/** The interactions alone; anything else among them is a failure. */
export function facts(translated: readonly Translated[]) {
  return translated.map((item) => {
    if (item.kind !== 'interaction') throw new Error(`not a fact: ${item.kind}`)
    return item.interaction
  })
}

/** What makes a fact the same fact: its alias or its object, verb and act, or its time where it has one of its own. */
export function identity(item: Translated): string {
  if (item.kind !== 'interaction') return JSON.stringify(item)
  const { objectId, verb, actId, occurredAt, basis } = item.interaction
  return item.alias ?? JSON.stringify([objectId, verb, actId, basis === 'observed' ? undefined : occurredAt])
}
