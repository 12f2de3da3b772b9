import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Interaction } from '../../services/events/interaction.ts'
import type { Account, ArchiveSource, Translated, WebhookSource } from '../../services/sources/source.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
export const observedAt = '2026-03-05T10:00:00Z'

export function authored(path: string): Buffer {
  return readFileSync(join(fixtures, 'authored', path))
}

/** The events that stand in `test/fixtures/expected`, written down and read by people. */
export function expected(name: string): unknown {
  return JSON.parse(readFileSync(join(fixtures, 'expected', name), 'utf8'))
}

export function jsonBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

export function webhook(source: WebhookSource, body: Uint8Array): Translated[] {
  return [...source.translate(body, observedAt)]
}

/** In chunks of seven bytes, so that characters and rows are cut in two. */
export async function* chunked(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

export async function archived(
  source: ArchiveSource,
  path: string,
  bytes: Uint8Array,
  account?: Account,
  size?: number,
): Promise<Translated[]> {
  const file = { path, bytes: chunked(bytes, size), observedAt }
  const all: Translated[] = []
  for await (const each of source.translate(file, account)) all.push(each)
  return all
}

/** An authored archive file under its own path. */
export function authoredFile(source: ArchiveSource, root: string, path: string, account?: Account) {
  return archived(source, relative('.', path), authored(join(root, path)), account)
}

/** Every interaction fits the wire schema once the channel is known. */
export function misfits(all: readonly Translated[]): string[] {
  const channel = '0198c5a0-0000-7000-8000-000000000001'
  return all.flatMap((each) => {
    if (each.kind === 'unrecognised') return each.raw.isWellFormed() ? [] : ['raw is not well-formed']
    if (each.kind !== 'interaction') return ['not of these platforms']
    const parsed = Interaction.safeParse({ ...each.interaction, channel })
    return parsed.success ? [] : [parsed.error.message]
  })
}

/** What makes a fact: object, act, verb and time of it, or, where nothing was recognised, the item. */
export function identities(all: readonly Translated[]): string[] {
  const each = all.map((it) =>
    it.kind === 'interaction'
      ? JSON.stringify([
          it.interaction.verb,
          it.interaction.objectId,
          it.interaction.actId,
          it.interaction.text,
          it.alias,
        ])
      : JSON.stringify(it),
  )
  return [...new Set(each)].sort()
}
