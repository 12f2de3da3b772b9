import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCheckpoint, signCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { readCheckpointFile, writeCheckpointFile } from '../../services/ledger/tree/checkpoint-file.ts'
import { emptyRoot } from '../../services/ledger/tree/hash.ts'
import { consistencyPath, rootAt } from '../../services/ledger/tree/merkle.ts'
import { formatSkey, logSigner, logVerifier, publicPart } from '../../services/ledger/tree/note-key.ts'
import { type SigningPlace, signNext } from '../../services/ledger/tree/sign-next.ts'
import { advance, type TreeHead } from '../../services/ledger/tree/signer.ts'
import { nodesFromTiles } from '../../services/ledger/tree/tile-tree.ts'
import { newKey, origin } from './tree-keys.ts'
import { growTo, memoryTree } from './tree-memory.ts'

const key = newKey(origin, 0x01)
const logKeys = [logVerifier(publicPart(key))]
let folder: string
let place: SigningPlace

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liggare-signer-'))
  place = { origin, file: join(folder, 'last'), signers: [logSigner(key)], logKeys }
})
afterEach(() => rm(folder, { recursive: true }))

const tree = memoryTree()
const heads = new Map<number, TreeHead>()
for (const size of [0, 1, 100, 256, 290]) {
  await growTo(tree, size)
  heads.set(size, { size, root: await rootAt(nodesFromTiles(tree.read, size), size) })
}
const head = (size: number): TreeHead => heads.get(size) as TreeHead
const prove = async (oldSize: number, size: number) =>
  consistencyPath(nodesFromTiles(tree.read, size), oldSize, size)
const forged = (size: number): TreeHead => ({ size, root: Buffer.alloc(32, size) })

test('the first tree and every tree that extends the last is signed', async () => {
  expect(advance(null, head(100), []).kind).toBe('sign')
  expect(advance(head(0), head(100), []).kind).toBe('sign')
  expect(advance(head(100), head(100), []).kind).toBe('sign')
  expect(advance(head(100), head(290), await prove(100, 290)).kind).toBe('sign')
})

test('a smaller tree and a forked one are refused, each by its name', async () => {
  expect(advance(head(100), head(1), [])).toEqual({ kind: 'refuse', reason: 'smaller' })
  expect(advance(head(1), { size: 0, root: emptyRoot }, [])).toEqual({ kind: 'refuse', reason: 'smaller' })
  expect(advance(head(100), forged(100), [])).toEqual({ kind: 'refuse', reason: 'forked' })
  expect(advance(forged(100), head(290), await prove(100, 290))).toEqual({ kind: 'refuse', reason: 'forked' })
  expect(advance(head(100), forged(290), await prove(100, 290))).toEqual({ kind: 'refuse', reason: 'forked' })
  expect(advance(head(100), head(290), [])).toEqual({ kind: 'refuse', reason: 'forked' })
})

test('what is signed is on disk first, and a refused tree leaves the file as it was', async () => {
  const first = await signNext(place, head(100), prove)
  expect(first).toMatchObject({ kind: 'signed', previous: null })
  const second = await signNext(place, head(290), prove)
  if (second.kind !== 'signed') throw new Error(second.reason)
  expect(await readFile(place.file)).toEqual(second.checkpoint)
  expect(second.previous?.size).toBe(100)
  expect(await signNext(place, head(256), prove)).toEqual({ kind: 'refuse', reason: 'smaller' })
  expect(await signNext(place, forged(290), prove)).toEqual({ kind: 'refuse', reason: 'forked' })
  expect(await readFile(place.file)).toEqual(second.checkpoint)
  expect(await signNext(place, head(290), prove)).toMatchObject({
    kind: 'signed',
    checkpoint: second.checkpoint,
  })
})

test('a damaged, foreign or emptied file stops the signer: only a missing one is a first time', async () => {
  await signNext(place, head(290), prove)
  const whole = await readFile(place.file)
  for (let length = 0; length < whole.length; length += 1) {
    await writeFile(place.file, whole.subarray(0, length))
    await expect(signNext(place, head(290), prove)).rejects.toMatchObject({ code: 'integrity-failed' })
  }
  const foreign = signCheckpoint({ ...head(1), origin, extensions: [] }, [logSigner(newKey(origin, 0x01))])
  await writeFile(place.file, foreign)
  await expect(signNext(place, head(290), prove)).rejects.toMatchObject({ code: 'integrity-failed' })
  expect(await readCheckpointFile(join(folder, 'none'))).toBeNull()
  await expect(readCheckpointFile(join(place.file, 'below-a-file'))).rejects.toThrow('ENOTDIR')
})

test('after a rotation both keys sign, and the new key goes on alone once the file bears it', async () => {
  await signNext(place, head(100), prove)
  const next = newKey(origin, 0x01)
  const nextKeys = [logVerifier(publicPart(next))]
  const rotating = {
    ...place,
    signers: [logSigner(key), logSigner(next)],
    logKeys: [...logKeys, ...nextKeys],
  }
  const both = await signNext(rotating, head(256), prove)
  if (both.kind !== 'signed') throw new Error(both.reason)
  expect(openCheckpoint(both.checkpoint, origin, logKeys).checkpoint.size).toBe(256)
  const alone = { ...place, signers: [logSigner(next)], logKeys: nextKeys }
  expect((await signNext(alone, head(290), prove)).kind).toBe('signed')
})

test('a leftover of a crashed write is no checkpoint and does not hinder the next', async () => {
  await writeFile(`${place.file}.next`, 'half a check')
  expect(await readCheckpointFile(place.file)).toBeNull()
  await signNext(place, head(100), prove)
  expect(await readdir(folder)).toEqual(['last'])
})

test('however a writer is killed, the file holds one whole checkpoint, and never an older one than before', async () => {
  await writeCheckpointFile(
    place.file,
    signCheckpoint({ ...forged(1), origin, extensions: [] }, place.signers),
  )
  const services = new URL('../../services/ledger/tree/', import.meta.url)
  // A process that writes ever larger checkpoints as fast as it can, from the one it finds.
  const script = `
    const { openCheckpoint, signCheckpoint } = await import('${services}checkpoint.ts')
    const { readCheckpointFile, writeCheckpointFile } = await import('${services}checkpoint-file.ts')
    const { logSigner, logVerifier, parseSkey, publicPart } = await import('${services}note-key.ts')
    const key = parseSkey(process.env.SKEY)
    const [file, origin] = process.argv.slice(-2)
    let { checkpoint } = openCheckpoint(await readCheckpointFile(file), origin, [logVerifier(publicPart(key))])
    for (;;) {
      checkpoint = { ...checkpoint, size: checkpoint.size + 1 }
      await writeCheckpointFile(file, signCheckpoint(checkpoint, [logSigner(key)]))
      process.stdout.write('.')
    }`
  let size = 1
  for (let kill = 0; kill < 6; kill += 1) {
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script, place.file, origin], {
      env: { SKEY: formatSkey(key) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(writer.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, 7 * kill))
    writer.kill('SIGKILL')
    await once(writer, 'exit')
    const found = openCheckpoint(await readFile(place.file), origin, logKeys).checkpoint
    expect(found.size).toBeGreaterThan(size)
    size = found.size
  }
})
