import { expect, test } from 'vitest'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { cosign, cosignedAt, witnessVerifier } from '../../services/ledger/tree/cosignature.ts'
import { consistencyPath, rootAt, verifyConsistency } from '../../services/ledger/tree/merkle.ts'
import { formatSignatureLine, parseNote, parseSignatureLine } from '../../services/ledger/tree/note.ts'
import {
  logSigner,
  logVerifier,
  type NamedPrivateKey,
  publicPart,
} from '../../services/ledger/tree/note-key.ts'
import {
  createProof,
  formatProof,
  type ProofPolicy,
  parseProof,
  verifyProof,
} from '../../services/ledger/tree/proof.ts'
import { nodesFromTiles } from '../../services/ledger/tree/tile-tree.ts'
import { addCosignatures, formatAddCheckpoint } from '../../services/ledger/tree/witness.ts'
import { newKey, origin } from './tree-keys.ts'
import { entryAt, growTo, type MemoryTree, memoryTree } from './tree-memory.ts'

const size = 299
const logKey = newKey(origin, 0x01)
const witnessKeys = ['w1', 'w2', 'w3'].map((name) => newKey(`witness.example.org/${name}`, 0x04))
const witnesses = witnessKeys.map((key) => witnessVerifier(publicPart(key)))
const policy: ProofPolicy = { origin, logKeys: [logVerifier(publicPart(logKey))], witnesses, quorum: 2 }
const at = new Date('2031-03-14T09:26:53.589Z')

async function checkpointOf(tree: MemoryTree): Promise<Buffer> {
  const root = await rootAt(nodesFromTiles(tree.read, tree.size), tree.size)
  return signCheckpoint({ origin, size: tree.size, root, extensions: [] }, [logSigner(logKey)])
}

/** A witness as tlog-witness describes one, as far as a signature goes: it believes the log's key and checks the proof. */
function answerOf(key: NamedPrivateKey, request: Buffer, oldRoot: Buffer): Buffer {
  const split = request.indexOf('\n\n')
  const [old = '', ...proof] = request.subarray(0, split).toString().split('\n')
  const { checkpoint, note } = openCheckpoint(request.subarray(split + 2), origin, policy.logKeys)
  const hashes = proof.map((line) => Buffer.from(line, 'base64'))
  const consistent = verifyConsistency(
    Number(old.slice(4)),
    checkpoint.size,
    oldRoot,
    checkpoint.root,
    hashes,
  )
  if (!consistent) throw new Error('422')
  return Buffer.from(formatSignatureLine(cosign(note.text, key, at)))
}

async function cosigned(count: number): Promise<{ tree: MemoryTree; checkpoint: Buffer }> {
  const tree = memoryTree()
  await growTo(tree, 200)
  const oldRoot = await rootAt(nodesFromTiles(tree.read, 200), 200)
  await growTo(tree, size)
  const nodes = nodesFromTiles(tree.read, size)
  let checkpoint = await checkpointOf(tree)
  for (const key of witnessKeys.slice(0, count)) {
    const request = formatAddCheckpoint(200, await consistencyPath(nodes, 200, size), checkpoint)
    checkpoint = addCosignatures(checkpoint, answerOf(key, request, oldRoot), witnesses)
  }
  return { tree, checkpoint }
}

test('the checkpoint of the specification is read as it is meant', () => {
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
  const root = Buffer.from('0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62', 'hex')
  expect(parseCheckpoint(text)).toEqual({
    origin: 'example.com/behind-the-sofa',
    size: 20_852_163,
    root,
    extensions: [],
  })
  expect(parseCheckpoint(`${text}ext\n`).extensions).toEqual(['ext'])
})

const root64 = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='
test.each([
  ['a leading zero in the size', `o\n01\n${root64}\n`],
  ['a sign in the size', `o\n+1\n${root64}\n`],
  ['a size beyond 2^53', `o\n9007199254740993\n${root64}\n`],
  ['no size', `o\n\n${root64}\n`],
  ['an empty origin', `\n1\n${root64}\n`],
  ['a root that is too short', 'o\n1\nCsUYapGGPo4=\n'],
  ['a root with spare bits', `o\n1\n${root64.replace('q2I=', 'q2J=')}\n`],
  ['an empty extension line', `o\n1\n${root64}\n\n`],
  ['no final newline', `o\n1\n${root64}`],
])('a checkpoint with %s is malformed', (_, text) => {
  expect(() => parseCheckpoint(text)).toThrow('Not a well-formed checkpoint')
})

test('a checkpoint of another log or key does not open', async () => {
  const other = newKey(origin, 0x01)
  const head = { origin, size: 1, root: Buffer.alloc(32), extensions: [] }
  const bytes = signCheckpoint(head, [logSigner(logKey)])
  expect(openCheckpoint(bytes, origin, policy.logKeys).checkpoint).toEqual(head)
  expect(() => openCheckpoint(bytes, `${origin}2`, policy.logKeys)).toThrow('another log')
  expect(() => openCheckpoint(bytes, origin, [logVerifier(publicPart(other))])).toThrow('known key')
})

test('a witness states the time, and a changed time or text is not what it stated', async () => {
  const key = witnessKeys[0] as NamedPrivateKey
  const verifier = witnessVerifier(publicPart(key))
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
  const line = parseSignatureLine(formatSignatureLine(cosign(text, key, at)).trimEnd())
  expect(cosignedAt(line)).toEqual(new Date('2031-03-14T09:26:53Z'))
  expect(verifier.verify(Buffer.from(text), line.signature)).toBe(true)
  expect(verifier.verify(Buffer.from(text.replace('163', '164')), line.signature)).toBe(false)
  for (let byte = 0; byte < line.signature.length; byte += 1) {
    const changed = Buffer.from(line.signature)
    changed.writeUInt8(changed.readUInt8(byte) ^ 1, byte)
    expect(verifier.verify(Buffer.from(text), changed)).toBe(false)
  }
  expect(() => logSigner(key)).toThrow('another type')
  expect(() => witnessVerifier(publicPart(logKey))).toThrow('another type')
})

test('cosignatures join the checkpoint; a newer one replaces, strangers are dropped, forgers refused', async () => {
  const { checkpoint } = await cosigned(2)
  expect(parseNote(checkpoint).signatures.map(({ name }) => name)).toEqual([
    origin,
    'witness.example.org/w1',
    'witness.example.org/w2',
  ])
  const { text } = parseNote(checkpoint)
  const line = (key: NamedPrivateKey, when: Date, of = text) =>
    Buffer.from(formatSignatureLine(cosign(of, key, when)))
  const [first] = witnessKeys as [NamedPrivateKey]
  const later = new Date('2031-03-15T00:00:00Z')
  const again = parseNote(addCosignatures(checkpoint, line(first, later), witnesses)).signatures
  expect(again.filter(({ name }) => name === first.name).map(cosignedAt)).toEqual([later])
  const stranger = newKey('stranger.example.org', 0x04)
  expect(addCosignatures(checkpoint, line(stranger, at), witnesses)).toEqual(checkpoint)
  expect(() => addCosignatures(checkpoint, line(first, at, `${text}x\n`), witnesses)).toThrow(
    'does not verify',
  )
  expect(() => addCosignatures(checkpoint, Buffer.from('413 too large'), witnesses)).toThrow()
})

test('a proof file proves its entry offline, and comes back the same when read and written', async () => {
  const { tree, checkpoint } = await cosigned(2)
  const nodes = nodesFromTiles(tree.read, size)
  for (const index of [0, 77, 255, 256, 298]) {
    const bytes = formatProof(
      await createProof(nodes, index, checkpoint, index === 77 ? Buffer.from('åäö') : null),
    )
    expect(verifyProof(bytes, entryAt(index), policy)).toMatchObject({ origin, size, index })
    expect(formatProof(parseProof(bytes))).toEqual(bytes)
    expect(() => verifyProof(bytes, entryAt(index + 1), policy)).toThrow('not at this place')
  }
})

test('a proof file follows the specification line by line', async () => {
  const { tree, checkpoint } = await cosigned(0)
  const bytes = formatProof(
    await createProof(nodesFromTiles(tree.read, size), 298, checkpoint, Buffer.from('x')),
  )
  const [first, extra, index, ...rest] = bytes.toString().split('\n')
  expect([first, extra, index]).toEqual(['c2sp.org/tlog-proof@v1', 'extra eA==', 'index 298'])
  expect(rest.slice(4).join('\n')).toBe(`\n${checkpoint}`)
  expect(rest.slice(0, 4).every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))).toBe(true)
})

test('too few witnesses, or one named twice, do not make a quorum', async () => {
  const { tree, checkpoint } = await cosigned(1)
  const bytes = formatProof(await createProof(nodesFromTiles(tree.read, size), 5, checkpoint))
  expect(() => verifyProof(bytes, entryAt(5), policy)).toThrow('1 of 2 witnesses')
  const twice = [...witnesses.slice(0, 1), ...witnesses.slice(0, 1)]
  expect(() => verifyProof(bytes, entryAt(5), { ...policy, witnesses: twice })).toThrow('1 of 2 witnesses')
  expect(verifyProof(bytes, entryAt(5), { ...policy, quorum: 1 }).index).toBe(5)
})

test('a proof file with any byte changed is refused, save in the extra line that nothing vouches for', async () => {
  const { tree, checkpoint } = await cosigned(2)
  const bytes = formatProof(await createProof(nodesFromTiles(tree.read, size), 42, checkpoint))
  for (let byte = 0; byte < bytes.length; byte += 1) {
    for (const turn of [0x01, 0x20]) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(byte) ^ turn, byte)
      // A line under a name or key id that nobody knows is ignored, as the specification demands: then the quorum is missed.
      expect(() => verifyProof(changed, entryAt(42), policy)).toThrow(
        expect.objectContaining({ code: 'integrity-failed' }),
      )
    }
  }
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => verifyProof(bytes.subarray(0, length), entryAt(42), policy)).toThrow()
  }
})

test('tiles that do not fit the checkpoint yield no proof', async () => {
  const { tree, checkpoint } = await cosigned(0)
  const tampered = Buffer.from(tree.tiles.get('tile/0/000') as Buffer)
  tampered.writeUInt8(tampered.readUInt8(0) ^ 1, 0)
  tree.tiles.set('tile/0/000', tampered)
  await expect(createProof(nodesFromTiles(tree.read, size), 0, checkpoint)).rejects.toMatchObject({
    code: 'integrity-failed',
  })
  await expect(createProof(nodesFromTiles(tree.read, size), size, checkpoint)).rejects.toMatchObject({
    code: 'not-found',
  })
})
