import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a zip archive as a test wants it: what is left out is as a good archive has it, what is given is believed. */
export type ZipEntry = {
  readonly name: string | Buffer
  readonly data?: Buffer | string
  readonly isStored?: boolean
  readonly flags?: number
  readonly method?: number
  /** Unix mode, kept in the upper half of the external attributes. */
  readonly mode?: number
  readonly declaredSize?: number
  readonly declaredCrc?: number
  /** Index of an earlier entry whose bytes this one claims for its own. */
  readonly shares?: number
}

export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const data = Buffer.from(entry.data ?? '')
    const packed = entry.isStored === true ? data : deflateRawSync(data)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(entry.flags ?? 0x800, 2)
    header.writeUInt16LE(entry.method ?? (entry.isStored === true ? 0 : 8), 4)
    header.writeUInt32LE(entry.declaredCrc ?? crc32(data), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(entry.declaredSize ?? data.length, 18)
    header.writeUInt16LE(name.length, 22)
    const offset = entry.shares === undefined ? at : (offsets[entry.shares] ?? 0)
    offsets.push(offset)
    if (entry.shares === undefined) {
      const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), header, name, packed])
      parts.push(local)
      at += local.length
    }
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), header, tail, name]))
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}

export type TarEntry = {
  readonly name: string
  readonly data?: Buffer | string
  readonly type?: string
  readonly declaredSize?: number
}

export function makeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const data = Buffer.from(entry.data ?? '')
    const header = Buffer.alloc(512)
    header.write(entry.name, 0, 100)
    header.write('0000644\u0000', 100)
    header.write(`${(entry.declaredSize ?? data.length).toString(8).padStart(11, '0')}\u0000`, 124)
    header.write('        ', 148)
    header.write(entry.type ?? '0', 156)
    header.write('ustar\u000000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148)
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** A pax header's body: one `LENGTH KEY=VALUE\n`, the length counting itself. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  const length = [1, 2, 3, 4]
    .map((digits) => rest + digits)
    .find((total) => String(total).length + rest === total)
  return `${length} ${key}=${value}\n`
}

/** Calls with a file that holds the bytes, and removes it again. */
export async function withFile<T>(bytes: Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'liggare-archive-'))
  try {
    const file = join(folder, 'upload')
    await writeFile(file, bytes)
    return await use(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}
