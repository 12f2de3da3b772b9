import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  appendLeaf,
  decodeFrontier,
  emptyFrontier,
  encodeFrontier,
  frontierRoot,
} from '../../services/ledger/tree/frontier.ts'
import { leafHash, nodeHash } from '../../services/ledger/tree/hash.ts'
import {
  consistencyPath,
  inclusionPath,
  type NodeReader,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from '../../services/ledger/tree/merkle.ts'
import { nodesFromTiles } from '../../services/ledger/tree/tile-tree.ts'
import { definedRoot, entryAt, growTo, memoryTree } from './tree-memory.ts'

// The leaves that Certificate Transparency implementations test with, and the roots of the first 0 to 8 of them.
const ctLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const ctRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const sizes = 300
const entries = Array.from({ length: sizes }, (_, index) => entryAt(index))
const roots = Array.from({ length: sizes + 1 }, (_, size) => definedRoot(entries.slice(0, size)))
const rootOf = (size: number): Buffer => roots[size] as Buffer

function ctNodes(): NodeReader {
  const leaves = ctLeaves.map(leafHash)
  const node = (height: number, index: number): Buffer =>
    height === 0
      ? (leaves[index] as Buffer)
      : nodeHash(node(height - 1, index * 2), node(height - 1, index * 2 + 1))
  return async (height, index) => node(height, index)
}

test('the roots of the well-known Certificate Transparency leaves come out', async () => {
  const frontier = emptyFrontier()
  expect(frontierRoot(frontier).toString('hex')).toBe(ctRoots[0])
  for (const [at, leaf] of ctLeaves.entries()) {
    appendLeaf(frontier, leafHash(leaf))
    expect(frontierRoot(frontier).toString('hex')).toBe(ctRoots[at + 1])
    expect((await rootAt(ctNodes(), at + 1)).toString('hex')).toBe(ctRoots[at + 1])
  }
})

test('the seven-leaf example of RFC 9162 § 2.1.5 gives the paths the RFC names', async () => {
  const nodes = ctNodes()
  const [a, b, c, , , f, j] = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((index) => nodes(0, index)))
  const [g, h, i, k] = await Promise.all([nodes(1, 0), nodes(1, 1), nodes(1, 2), nodes(2, 0)])
  const d = await nodes(0, 3)
  const l = nodeHash(i as Buffer, j as Buffer)
  expect(await inclusionPath(nodes, 0, 7)).toEqual([b, h, l])
  expect(await inclusionPath(nodes, 3, 7)).toEqual([c, g, l])
  expect(await inclusionPath(nodes, 4, 7)).toEqual([f, j, k])
  expect(await inclusionPath(nodes, 6, 7)).toEqual([i, k])
  expect(await consistencyPath(nodes, 3, 7)).toEqual([c, d, g, l])
  expect(await consistencyPath(nodes, 4, 7)).toEqual([l])
  expect(await consistencyPath(nodes, 6, 7)).toEqual([i, j, k])
  expect(a).toEqual(leafHash(Buffer.alloc(0)))
})

test('a tree that grows in any steps, resumed from its saved edge, has the root the definition gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }), (steps) => {
      let frontier = emptyFrontier()
      for (const step of steps) {
        for (let count = 0; count < step && frontier.size < sizes; count += 1) {
          appendLeaf(frontier, leafHash(entryAt(frontier.size)))
        }
        frontier = decodeFrontier(encodeFrontier(frontier))
        expect(frontierRoot(frontier)).toEqual(rootOf(frontier.size))
      }
    }),
    { numRuns: 30 },
  )
})

test('a saved edge of another length than its size demands is refused', () => {
  const frontier = emptyFrontier()
  for (const entry of entries.slice(0, 5)) appendLeaf(frontier, leafHash(entry))
  const bytes = encodeFrontier(frontier)
  for (let length = 0; length < bytes.length; length += 1) {
    expect(() => decodeFrontier(bytes.subarray(0, length))).toThrow('frontier')
  }
  expect(() => decodeFrontier(Buffer.concat([bytes, bytes.subarray(8)]))).toThrow('frontier')
})

test('every leaf of every tree up to 300 is proved, and at no other place', async () => {
  const tree = memoryTree()
  for (let size = 1; size <= sizes; size += 1) {
    await growTo(tree, size)
    const nodes = nodesFromTiles(tree.read, size)
    expect(await rootAt(nodes, size)).toEqual(rootOf(size))
    for (let index = 0; index < size; index += 1) {
      const leaf = leafHash(entries[index] as Buffer)
      const path = await inclusionPath(nodes, index, size)
      if (!verifyInclusion(leaf, index, size, rootOf(size), path))
        throw new Error(`${index} of ${size} fails`)
      if (verifyInclusion(leaf, (index + 1) % size, size, rootOf(size), path) && size > 1) {
        throw new Error(`${index} of ${size} passes for its neighbour`)
      }
    }
  }
})

test('every tree up to 300 is proved to begin with every smaller one', async () => {
  const tree = memoryTree()
  await growTo(tree, sizes)
  // Full tiles serve any size; what is partial is cut to the width that the smaller tree had.
  const read = async (level: number, index: number, width: number): Promise<Buffer> => {
    const held = await tree.read(level, index, Math.min(256, Math.floor(sizes / 256 ** level) - index * 256))
    return held.subarray(0, width * 32)
  }
  for (let size = 0; size <= sizes; size += 1) {
    const nodes = nodesFromTiles(read, size)
    for (let old = 0; old <= size; old += 1) {
      const path = await consistencyPath(nodes, old, size)
      if (!verifyConsistency(old, size, rootOf(old), rootOf(size), path))
        throw new Error(`${old} to ${size} fails`)
      const forked = rootOf(old === 0 ? 1 : old - 1)
      if (verifyConsistency(old, size, forked, rootOf(size), path))
        throw new Error(`${old} to ${size}: fork passes`)
      if (old > 0 && verifyConsistency(old, size, rootOf(old), forked, path))
        throw new Error(`${old} to ${size}: fork passes`)
    }
  }
})

test('a proof with any bit turned, any hash missing or one too many is refused', async () => {
  const tree = memoryTree()
  await growTo(tree, 299)
  const nodes = nodesFromTiles(tree.read, 299)
  const leaf = leafHash(entryAt(77))
  const included = await inclusionPath(nodes, 77, 299)
  const consistent = await consistencyPath(nodes, 200, 299)
  const includes = (path: readonly Buffer[]) => verifyInclusion(leaf, 77, 299, rootOf(299), path)
  const extends_ = (path: readonly Buffer[]) => verifyConsistency(200, 299, rootOf(200), rootOf(299), path)
  for (const [path, holds] of [[included, includes] as const, [consistent, extends_] as const]) {
    expect(holds(path)).toBe(true)
    for (let bit = 0; bit < path.length * 256; bit += 1) {
      const turned = path.map((hash) => Buffer.from(hash))
      const hash = turned[Math.floor(bit / 256)] as Buffer
      hash.writeUInt8(hash.readUInt8((bit % 256) >> 3) ^ (1 << (bit % 8)), (bit % 256) >> 3)
      expect(holds(turned)).toBe(false)
    }
    for (let at = 0; at < path.length; at += 1) expect(holds(path.toSpliced(at, 1))).toBe(false)
    for (let at = 0; at <= path.length; at += 1) expect(holds(path.toSpliced(at, 0, leaf))).toBe(false)
  }
  expect(includes(included.map((hash) => hash.subarray(1)))).toBe(false)
  expect(includes(included.map((hash) => Buffer.concat([hash, leaf])))).toBe(false)
  expect(verifyInclusion(Buffer.alloc(0), 0, 1, Buffer.alloc(0), [])).toBe(false)
  expect(verifyConsistency(0, 1, rootOf(0), Buffer.alloc(0), [])).toBe(false)
  expect(verifyInclusion(leaf, 77, 600, rootOf(299), included)).toBe(false)
  expect(verifyInclusion(leaf, 299, 299, rootOf(299), included)).toBe(false)
  expect(verifyInclusion(leaf, -1, 299, rootOf(299), included)).toBe(false)
  expect(verifyInclusion(leaf, 0.5, 299, rootOf(299), included)).toBe(false)
  expect(verifyConsistency(299, 200, rootOf(299), rootOf(200), consistent)).toBe(false)
})

test('a proof about a leaf or size beyond the tree is not made', async () => {
  const nodes = ctNodes()
  await expect(inclusionPath(nodes, 8, 8)).rejects.toMatchObject({ code: 'not-found' })
  await expect(inclusionPath(nodes, -1, 8)).rejects.toMatchObject({ code: 'not-found' })
  await expect(consistencyPath(nodes, 9, 8)).rejects.toMatchObject({ code: 'not-found' })
})
