import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendLeaf, emptyFrontier, frontierRoot } from '../../services/ledger/tree/frontier.ts'
import { leafHash } from '../../services/ledger/tree/hash.ts'
import { inclusionPath, rootAt, verifyInclusion } from '../../services/ledger/tree/merkle.ts'
import { growTiles, nodesFromTiles } from '../../services/ledger/tree/tile-tree.ts'
import {
  decodeBundle,
  encodeBundle,
  newTiles,
  parseTilePath,
  tilePath,
  widthIn,
} from '../../services/ledger/tree/tiles.ts'
import { entryAt, growTo, memoryTree } from './tree-memory.ts'

test('paths are those of the specification', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
  expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1')
  expect(tilePath({ level: 'entries', index: 1000, width: 112 })).toBe('tile/entries/x001/000.p/112')
  expect(parseTilePath('tile/63/999.p/255')).toEqual({ level: 63, index: 999, width: 255 })
})

test('every path names one tile and every tile one path', () => {
  const tile = fc.record({
    level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
    index: fc.oneof(fc.maxSafeNat(), fc.nat(3000)),
    width: fc.integer({ min: 1, max: 256 }),
  })
  fc.assert(
    fc.property(tile, (one) => {
      expect(parseTilePath(tilePath(one))).toEqual(one)
    }),
  )
})

test.each([
  'tile/64/000',
  'tile/00/000',
  'tile/0/0',
  'tile/0/0000',
  'tile/0/x000/001',
  'tile/0/001/x002',
  'tile/0/001/002',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/07',
  'tile/0/000.p/',
  'tile/-1/000',
  'tile/data/000',
  'tile/0/../../etc',
  '/tile/0/000',
  'tile/0/000/',
  'tile/0/000\n',
  'tile/0/x999/x999/x999/x999/x999/x999/999',
])('%j names no tile', (path) => {
  expect(parseTilePath(path)).toBeNull()
})

test('a tree of 70,000 has the tiles that the specification counts', () => {
  const tiles = [...newTiles(0, 70_000)].map(tilePath)
  expect(tiles).toHaveLength(273 + 1 + 1 + 1 + 1)
  expect(tiles.slice(272)).toEqual([
    'tile/0/272',
    'tile/0/273.p/112',
    'tile/1/000',
    'tile/1/001.p/17',
    'tile/2/000.p/1',
  ])
  expect([...newTiles(0, 256)].map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1'])
  expect(widthIn(70_000, 'entries', 273)).toBe(112)
  expect(widthIn(70_000, 0, 274)).toBe(0)
})

test('growing yields just the tiles that are new, whatever the steps, and in the end the same as at once', async () => {
  const size = fc.nat(70_000)
  const leaves = Buffer.concat(Array.from({ length: 70_000 }, (_, index) => leafHash(entryAt(index))))
  await fc.assert(
    fc.asyncProperty(fc.array(size, { maxLength: 4 }), async (stops) => {
      const tree = memoryTree()
      for (const stop of [...stops, 70_000].sort((a, b) => a - b)) {
        const grown = await growTiles(tree.read, tree.size, leaves.subarray(tree.size * 32, stop * 32))
        expect(grown.map(({ tile }) => tile)).toEqual([...newTiles(tree.size, stop)])
        for (const { tile, hashes } of grown) tree.tiles.set(tilePath(tile), hashes)
        tree.size = stop
      }
      const root = await rootAt(nodesFromTiles(tree.read, 70_000), 70_000)
      expect(root.toString('hex')).toBe(wholeRoot)
    }),
    { numRuns: 6 },
  )
})

const frontier = emptyFrontier()
for (let index = 0; index < 70_000; index += 1) appendLeaf(frontier, leafHash(entryAt(index)))
const wholeRoot = frontierRoot(frontier).toString('hex')

test('a proof reads three levels of tiles, each tile once', async () => {
  const tree = memoryTree()
  await growTo(tree, 70_000)
  const reads: string[] = []
  const nodes = nodesFromTiles((level, index, width) => {
    reads.push(tilePath({ level, index, width }))
    return tree.read(level, index, width)
  }, 70_000)
  for (const index of [0, 255, 65_535, 65_536, 69_999]) {
    const path = await inclusionPath(nodes, index, 70_000)
    expect(
      verifyInclusion(leafHash(entryAt(index)), index, 70_000, Buffer.from(wholeRoot, 'hex'), path),
    ).toBe(true)
  }
  expect(new Set(reads).size).toBe(reads.length)
  expect(reads).toContain('tile/2/000.p/1')
})

test('a tile of the wrong length is refused, and so is a node beyond the tree', async () => {
  const nodes = nodesFromTiles(async (_level, _index, width) => Buffer.alloc(width * 32 - 1), 300)
  await expect(nodes(0, 0)).rejects.toMatchObject({ code: 'integrity-failed' })
  await expect(nodes(0, 300)).rejects.toMatchObject({ code: 'not-found' })
  await expect(nodes(8, 1)).rejects.toMatchObject({ code: 'not-found' })
})

test('entries come back out of their bundle, and a bundle that is cut, padded or of other lengths is refused', () => {
  const entries = [0, 1, 2].map(entryAt)
  const bundle = encodeBundle(entries)
  expect(bundle.subarray(0, 2).toString('hex')).toBe('0020')
  expect(decodeBundle(bundle, 3)).toEqual(entries)
  expect(() => decodeBundle(bundle, 2)).toThrow('bundle')
  expect(() => decodeBundle(bundle, 4)).toThrow('bundle')
  expect(() => decodeBundle(bundle.subarray(1), 3)).toThrow('bundle')
  const other = Buffer.from(bundle)
  other.writeUInt16BE(31, 34)
  expect(() => decodeBundle(other, 3)).toThrow('bundle')
  expect(() => encodeBundle([Buffer.alloc(31)])).toThrow('32 bytes')
})
