import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { signCheckpoint } from '../../../services/ledger/tree/checkpoint.ts'
import { consistencyPath, inclusionPath, rootAt } from '../../../services/ledger/tree/merkle.ts'
import { formatVkey, logSigner, publicPart } from '../../../services/ledger/tree/note-key.ts'
import { nodesFromTiles } from '../../../services/ledger/tree/tile-tree.ts'
import { newKey, origin } from '../tree-keys.ts'
import { entryAt, growTo, memoryTree } from '../tree-memory.ts'

// Writes a log of 70,123 entries for `main.go` beside this file, which checks it with other people's code.
const sizes = [1, 2, 255, 256, 257, 600, 65_536, 66_000, 70_123]
const folder = process.argv[2]
if (folder === undefined) throw new Error('export.ts FOLDER')

const key = newKey(origin, 0x01)
const tree = memoryTree()
const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'))
const trees = []
for (const size of sizes) {
  await growTo(tree, size)
  const nodes = nodesFromTiles(tree.read, size)
  const head = { origin, size, root: await rootAt(nodes, size), extensions: [] }
  const indices = [...new Set([0, Math.floor(size / 2), Math.floor(size * 0.77), size - 1])]
  const included = indices.map(async (index) => ({
    index,
    entry: entryAt(index).toString('base64'),
    path: base64(await inclusionPath(nodes, index, size)),
  }))
  const consistent = sizes
    .filter((old) => old < size)
    .map(async (old) => ({ old, path: base64(await consistencyPath(nodes, old, size)) }))
  trees.push({
    size,
    note: signCheckpoint(head, [logSigner(key)]).toString(),
    included: await Promise.all(included),
    consistent: await Promise.all(consistent),
  })
}
for (const [path, hashes] of tree.tiles) {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), hashes)
}
await writeFile(join(folder, 'log.json'), JSON.stringify({ vkey: formatVkey(publicPart(key)), trees }))
