import { DomainError } from '../../platform/errors.ts'
import { hashSize } from './hash.ts'

/** Hashes in a full tile, entries in a full bundle (c2sp.org/tlog-tiles, Merkle Tree). */
export const tileWidth = 256

/** A tile of hashes, or with level 'entries' a bundle of entries. `width` is 1 to 256; below 256 it is partial. */
export type Tile = { readonly level: number | 'entries'; readonly index: number; readonly width: number }

/** The first `width` hashes of a tile, concatenated: exactly width · 32 bytes. */
export type TileReader = (level: number, index: number, width: number) => Promise<Buffer>

/** `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]` (c2sp.org/tlog-tiles, APIs). */
export function tilePath(tile: Tile): string {
  const digits = String(tile.index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) as string[]
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${tile.level}/${place}${tile.width === tileWidth ? '' : `.p/${tile.width}`}`
}

const pathForm = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** The tile that a path names, or null for every path that is not the one canonical form of a tile's. */
export function parseTilePath(path: string): Tile | null {
  const [, level, place, width] = pathForm.exec(path) ?? []
  if (level === undefined || place === undefined) return null
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(place.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  }
  const inBounds = Number.isSafeInteger(tile.index) && (tile.level === 'entries' || tile.level <= 63)
  // Writing it again refuses needless leading groups (x000/001) and a "partial" tile of 256.
  return inBounds && tilePath(tile) === path ? tile : null
}

/** Hashes that the tile has in a tree of `size` leaves: 256, fewer at the right edge, or 0 where it does not exist. */
export function widthIn(size: number, level: number | 'entries', index: number): number {
  const hashes = Math.floor(size / tileWidth ** (level === 'entries' ? 0 : level))
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth))
}

/**
 * The tiles, each as wide as the tree of `size` demands, that the tree of `oldSize` did not have or had narrower; lowest
 * level first. Bundles of entries grow exactly as level 0 does. These must be stored before the checkpoint is published.
 */
export function* newTiles(oldSize: number, size: number): Generator<Tile & { readonly level: number }> {
  for (let level = 0, span = 1; size >= span; level += 1, span *= tileWidth) {
    const before = Math.floor(oldSize / span)
    const after = Math.floor(size / span)
    if (before === after) return
    for (let index = Math.floor(before / tileWidth); index * tileWidth < after; index += 1) {
      yield { level, index, width: widthIn(size, level, index) }
    }
  }
}

const prefixed = 2 + hashSize

/** Entries one after the other, each behind its length as a big-endian uint16 (c2sp.org/tlog-tiles, Log entries). */
export function encodeBundle(entries: readonly Buffer[]): Buffer {
  const bundle = Buffer.alloc(entries.length * prefixed)
  entries.forEach((entry, at) => {
    if (entry.length !== hashSize) throw new DomainError('integrity-failed', 'A log entry has to be 32 bytes')
    bundle.writeUInt16BE(hashSize, at * prefixed)
    entry.copy(bundle, at * prefixed + 2)
  })
  return bundle
}

/** The 32-byte entries of a bundle of `width`; whatever else it holds is refused. */
export function decodeBundle(bundle: Buffer, width: number): Buffer[] {
  const entries = Array.from({ length: width }, (_, at) =>
    bundle.subarray(at * prefixed + 2, (at + 1) * prefixed),
  )
  const sound = bundle.length === width * prefixed
  if (!sound || entries.some((_, at) => bundle.readUInt16BE(at * prefixed) !== hashSize)) {
    throw new DomainError('integrity-failed', `A bundle does not hold ${width} entries of 32 bytes`)
  }
  return entries
}
