import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { checkOffline } from '../../services/commands/verify-offline.ts'
import { signCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { leafHash, sha256 } from '../../services/ledger/tree/hash.ts'
import { inclusionPath, rootAt } from '../../services/ledger/tree/merkle.ts'
import { ed25519Type, formatVkey, logSigner, publicPart } from '../../services/ledger/tree/note-key.ts'
import { formatProof } from '../../services/ledger/tree/proof.ts'
import { nodesFromTiles } from '../../services/ledger/tree/tile-tree.ts'

const folder = mkdtempSync(join(tmpdir(), 'liggare-offline-'))
afterAll(() => rmSync(folder, { recursive: true }))

const origin = 'liggare/0123456789abcdef/namnden'
const keyOf = () =>
  ({ name: origin, type: ed25519Type, privateKey: generateKeyPairSync('ed25519').privateKey }) as const
const logKey = keyOf()
const vkey = formatVkey(publicPart(logKey))
const size = 7
const entries = Array.from({ length: size }, (_, index) => sha256(Buffer.from(`entry ${index}`)))
const leaves = Buffer.concat(entries.map((entry) => leafHash(entry)))
const nodes = nodesFromTiles(async (_, __, width) => leaves.subarray(0, width * 32), size)
const note = signCheckpoint({ origin, size, root: await rootAt(nodes, size), extensions: [] }, [
  logSigner(logKey),
])

async function filesOf(): Promise<Map<string, Buffer>> {
  const lines: string[] = []
  for (const position of [2, 5]) {
    const path = (await inclusionPath(nodes, position, size)).map((hash) => hash.toString('base64'))
    const entry = (entries[position] as Buffer).toString('base64')
    lines.push(`${JSON.stringify({ record: position, position: String(position), entry, path })}\n`)
  }
  return new Map([
    ['answer.json', Buffer.from('{}\n')],
    ['proofs.ndjson', Buffer.from(lines.join(''))],
  ])
}

function manifestOf(files: ReadonlyMap<string, Buffer>): Buffer {
  const listed = [...files].map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  }))
  const checkpoint = { size, note: note.toString() }
  const head = { format: 'liggare/access-manifest/v2', case: 'x', language: 'sv', position: '7' }
  return Buffer.from(JSON.stringify({ ...head, checkpoint, files: listed }))
}

async function zipped(files: ReadonlyMap<string, Buffer>): Promise<string> {
  const zip = new ZipFile()
  for (const [name, bytes] of files) zip.addBuffer(bytes, name)
  zip.end()
  const path = join(folder, `${Math.random()}.zip`)
  writeFileSync(path, await buffer(zip.outputStream))
  return path
}

async function packaged(change: (files: Map<string, Buffer>) => void = () => {}): Promise<string> {
  const files = await filesOf()
  files.set('manifest.json', manifestOf(files))
  change(files)
  return zipped(files)
}

it('proves an access answer with nothing but the file and the key of the log', async () => {
  const report = await checkOffline(await packaged(), { key: [vkey] })
  expect(report).toMatchObject({ kind: 'access-answer', findings: [] })
  expect(report.checked).toHaveLength(3)
})

it('proves the same answer unpacked into a folder', async () => {
  const files = await filesOf()
  files.set('manifest.json', manifestOf(files))
  const unpacked = mkdtempSync(join(folder, 'answer-'))
  for (const [name, bytes] of files) writeFileSync(join(unpacked, name), bytes)
  expect((await checkOffline(unpacked, { key: [vkey] })).findings).toEqual([])
})

it('does not pass without the key of the log, nor with the key of another', async () => {
  const path = await packaged()
  expect((await checkOffline(path, {})).findings).toEqual([expect.stringContaining('--key')])
  const stranger = formatVkey(publicPart(keyOf()))
  expect((await checkOffline(path, { key: [stranger] })).findings).toContainEqual(
    expect.stringContaining('no signature of a known key'),
  )
})

it('names a file that was changed, added or taken out', async () => {
  const changed = await packaged((files) => files.set('answer.json', Buffer.from('{ }')))
  expect((await checkOffline(changed, { key: [vkey] })).findings).toEqual([
    'answer.json is not the file that the manifest lists',
  ])
  const added = await packaged((files) => files.set('more.json', Buffer.from('{}')))
  expect((await checkOffline(added, { key: [vkey] })).findings).toHaveLength(1)
  const taken = await packaged((files) => files.delete('answer.json'))
  expect((await checkOffline(taken, { key: [vkey] })).findings).toEqual(['answer.json is missing'])
})

it('names a record that the signed log does not have at its place', async () => {
  const files = await filesOf()
  const lines = (files.get('proofs.ndjson') as Buffer).toString().replace('"position":"5"', '"position":"4"')
  files.set('proofs.ndjson', Buffer.from(lines))
  files.set('manifest.json', manifestOf(files))
  expect((await checkOffline(await zipped(files), { key: [vkey] })).findings).toEqual([
    'Record 5 is not at position 4 of the log that was signed',
  ])
})

it('proves one entry by a tlog-proof, and no other entry', async () => {
  const file = join(folder, 'three.tlog-proof')
  writeFileSync(
    file,
    formatProof({ index: 3, path: await inclusionPath(nodes, 3, size), checkpoint: note, extra: null }),
  )
  const entry = (entries[3] as Buffer).toString('hex')
  expect(await checkOffline(file, { key: [vkey], entry })).toMatchObject({ kind: 'proof', findings: [] })
  const other = (entries[4] as Buffer).toString('hex')
  expect((await checkOffline(file, { key: [vkey], entry: other })).findings).toHaveLength(1)
  expect((await checkOffline(file, { key: [vkey] })).findings).toHaveLength(1)
})

it('proves a checkpoint that was kept, and refuses one with a changed digit', async () => {
  const file = join(folder, 'checkpoint')
  writeFileSync(file, note)
  expect(await checkOffline(file, { key: [vkey] })).toMatchObject({ kind: 'checkpoint', findings: [] })
  writeFileSync(file, note.toString().replace('\n7\n', '\n8\n'))
  expect((await checkOffline(file, { key: [vkey] })).findings).toHaveLength(1)
})
