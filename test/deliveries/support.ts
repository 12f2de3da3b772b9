import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll } from 'vitest'
import { declare } from '../../services/declarations/declare.ts'
import { channelKind } from '../../services/declarations/kinds.ts'
import { importFile } from '../../services/deliveries/import.ts'
import type { ImportRequest } from '../../services/deliveries/import-types.ts'
import type { ChannelDeclaration } from '../../services/events/channel.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { lookUp, reading } from '../../services/ledger/open.ts'
import { readEvents } from '../../services/ledger/read.ts'
import { makeZip } from '../sources/archive-make.ts'

export const actor = { name: 'klient-1' }

let channels = 0

/** A declared channel: the page of an invented municipality. */
export async function newChannel(
  ledger: Ledger,
  log: Log,
  given: Partial<ChannelDeclaration> = {},
): Promise<string> {
  channels += 1
  const document: ChannelDeclaration = {
    platform: 'x',
    name: `Kommunens konto ${channels}`,
    controllership: 'ownAndThirdParty',
    legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
    openedOn: '2010-02-01',
    publicList: true,
    ...given,
  }
  return (await declare(ledger, log, channelKind, { document, actor })).id
}

const folder = mkdtempSync(join(tmpdir(), 'liggare-deliveries-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let written = 0

/** A file with these bytes, gone when the test file is done. */
export function fileOf(bytes: Uint8Array | string, name = 'fil'): string {
  written += 1
  const path = join(folder, `${written}-${name}`)
  writeFileSync(path, bytes)
  return path
}

/** The files of a folder as a zip archive. */
export function zipOf(root: string, leaveOut: (path: string) => boolean = () => false, within = ''): Buffer {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile() && !leaveOut(path))
    .sort()
  return makeZip(
    paths.map((path) => ({ name: within + relative('.', path), data: readFileSync(join(root, path)) })),
  )
}

export function importing(
  ledger: Ledger,
  log: Log,
  channel: string,
  file: string,
  more: Partial<ImportRequest> = {},
) {
  return importFile(ledger, log, { file, fileName: file.replace(/^.*\/\d+-/, ''), channel, actor, ...more })
}

/** The events of the log whose type begins with `prefix`. */
export function eventsOf(ledger: Ledger, log: Log, prefix = 'interaction.') {
  return reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, typePrefix: prefix, limit: 100_000 }),
  )
}

/** Events with their sealed parts, as a look-up opens them. */
export async function openedOf(ledger: Ledger, log: Log, prefix = 'interaction.') {
  const events = await eventsOf(ledger, log, prefix)
  const why = { actor, purpose: 'Prov', kind: 'machine-scan' as const, scope: {} }
  const parts = await lookUp(ledger, log, why, (open) =>
    reading(ledger, log, (tx) =>
      open(
        tx,
        events.map((event) => event.position),
      ),
    ),
  )
  const byPosition = Map.groupBy(parts, (part) => part.position)
  return events.map((event) => ({ event, parts: byPosition.get(event.position) ?? [] }))
}

/** An archive of X with so many posts; another series has other posts. */
export function manyPosts(count: number, series: number): Buffer {
  const tweets = Array.from({ length: count }, (_, index) => ({
    tweet: {
      id_str: String(series * 1_000_000 + index),
      full_text: `Inlägg ${index}`,
      created_at: 'Mon Apr 12 08:01:00 +0000 2010',
    },
  }))
  return makeZip([{ name: 'data/tweets.js', data: `window.YTD.tweets.part0 = ${JSON.stringify(tweets)}` }])
}
