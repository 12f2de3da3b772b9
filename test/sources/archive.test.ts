import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../services/sources/archive-files.ts'
import { openArchive } from '../../services/sources/archive-open.ts'
import { makeTar, makeZip, paxRecord, textOf, withFile, type ZipEntry } from './archive-make.ts'

const limits = { ...defaultLimits, maxEntries: 5, maxTotalSize: 40_000_000, maxEntrySize: 20_000_000 }

/** Every file of the archive with its text. */
async function contents(bytes: Buffer): Promise<Record<string, string>> {
  return withFile(bytes, async (file) => {
    const archive = await openArchive(file, limits)
    const found: Record<string, string> = {}
    for await (const member of archive.files(() => true)) found[member.path] = await textOf(member.open())
    archive.close()
    expect(Object.keys(found)).toEqual(archive.members.map((member) => member.path))
    return found
  })
}

const zip = (...entries: ZipEntry[]) => contents(makeZip(entries))
const good: ZipEntry = { name: 'data/tweets.js', data: 'window.YTD.tweets.part0 = []' }
const unsafe = (message: RegExp) =>
  expect.objectContaining({ code: 'source-unsafe', message: expect.stringMatching(message) })
const malformed = (message: RegExp) =>
  expect.objectContaining({ code: 'source-malformed', message: expect.stringMatching(message) })

describe('a zip archive', () => {
  it('gives its files, packed or stored, with names as UTF-8, and leaves directories out', async () => {
    const found = await zip(
      good,
      { name: 'data/', mode: 0o040755 },
      { name: './data/Ågatan.txt', data: 'å', isStored: true },
    )
    expect(found).toEqual({ 'data/tweets.js': 'window.YTD.tweets.part0 = []', 'data/Ågatan.txt': 'å' })
  })

  it('takes a name that is not UTF-8 as Latin-1', async () => {
    expect(await zip({ name: Buffer.from('media/\u00e5.jpg', 'latin1'), flags: 0 })).toEqual({
      'media/å.jpg': '',
    })
  })

  it.each([
    ['leads out of the archive', { name: 'data/../../etc/passwd' }, /entry 1: name leads out/],
    ['leads out with backslashes', { name: 'data\\..\\..\\x' }, /entry 1: name leads out/],
    ['is absolute', { name: '/etc/passwd' }, /entry 1: absolute name/],
    ['has a drive letter', { name: 'C:\\x' }, /entry 1: absolute name/],
    ['has a NUL in its name', { name: 'a\u0000.js' }, /entry 1: control character/],
    ['is a symbolic link', { name: 'link', data: '/etc/passwd', mode: 0o120777 }, /entry 1: symbolic link/],
    ['is a device', { name: 'dev', mode: 0o060666 }, /entry 1: neither file nor directory/],
    ['is encrypted', { name: 'x', flags: 0x801 }, /entry 1: encrypted/],
    ['is packed in another way', { name: 'x', method: 93 }, /entry 1: compression method 93/],
    ['has the name of another', { name: 'data//tweets.js' }, /entry 1: a name that an earlier entry has/],
    ['is a bomb', { name: 'x', data: Buffer.alloc(20_000_000) }, /entry 1: unpacks to more than 250 times/],
    [
      'unpacks to more than it declares',
      { name: 'x', data: 'longer', declaredSize: 3 },
      /entry 1: unpacks to more/,
    ],
    ['shares bytes with another', { name: 'x', data: good.data ?? '', shares: 0 }, /entry \d: overlaps/],
  ])('is refused when an entry %s', async (_what, entry: ZipEntry, message) => {
    await expect(zip(good, entry)).rejects.toEqual(unsafe(message))
  })

  it('is refused when it has too many entries, or too much in one or in all', async () => {
    const many = Array.from({ length: 6 }, (_, n) => ({ name: `f${n}` }))
    await expect(zip(...many)).rejects.toEqual(unsafe(/more than 5 entries/))
    const one = { name: 'x', data: Buffer.alloc(20_000_001), isStored: true }
    await expect(zip(one)).rejects.toEqual(unsafe(/entry 0: larger than 20000000 bytes/))
    const large = (name: string) => ({ name, data: Buffer.alloc(15_900_000) })
    await expect(zip(large('a'), large('b'), large('c'))).rejects.toEqual(unsafe(/entry 2: archive larger/))
  })

  it('is refused when it is cut short, at any place', async () => {
    const whole = makeZip([good, { name: 'b', data: 'text' }])
    for (const size of [3, 40, whole.length - 60, whole.length - 1])
      await expect(contents(whole.subarray(0, size))).rejects.toEqual(malformed(/./))
  })

  it('is refused when the bytes of an entry are not the ones it was made of', async () => {
    await expect(zip({ ...good, declaredCrc: 1 })).rejects.toEqual(malformed(/entry 0 has another checksum/))
    await expect(zip({ ...good, declaredSize: 1000 })).rejects.toEqual(malformed(/entry 0 is cut short/))
  })

  it('names no file in a refusal', async () => {
    await expect(zip({ name: '../Anna Testsson.jpg' })).rejects.not.toThrow(/Anna/)
  })
})

describe('a tar archive', () => {
  const outbox = { name: 'outbox.json', data: '{"å":1}' }
  const tarGz = (...entries: Parameters<typeof makeTar>[0]) => contents(gzipSync(makeTar(entries)))

  it('gives its files, gzipped or not, with long names of both makes', async () => {
    const long = `media/${'å'.repeat(80)}.jpg`
    const entries = [
      { name: './', type: '5' },
      outbox,
      { name: 'x', type: 'x', data: paxRecord('path', long) },
      { name: 'short', data: 'pax' },
      { name: '././@LongLink', type: 'L', data: `${long}2\u0000` },
      { name: 'short', data: 'gnu' },
    ]
    const expected = { 'outbox.json': '{"å":1}', [long]: 'pax', [`${long}2`]: 'gnu' }
    expect(await contents(gzipSync(makeTar(entries)))).toEqual(expected)
    expect(await contents(makeTar(entries))).toEqual(expected)
  })

  it('can be read again, in part, and without reading what is not wanted', async () => {
    await withFile(
      gzipSync(makeTar([{ name: 'big', data: Buffer.alloc(100_000, 'x') }, outbox])),
      async (file) => {
        const archive = await openArchive(file)
        for (let pass = 0; pass < 2; pass++)
          for await (const member of archive.files((path) => path === 'outbox.json'))
            expect(await textOf(member.open())).toBe('{"å":1}')
        for await (const member of archive.files(() => true))
          for await (const chunk of member.open()) if (chunk) break
        expect(archive.members.map(({ path, size }) => [path, size])).toEqual([
          ['big', 100_000],
          ['outbox.json', 8],
        ])
      },
    )
  })

  it.each([
    ['leads out of the archive', { name: '../x' }, /entry 1: name leads out/],
    ['is absolute', { name: '/x' }, /entry 1: absolute name/],
    ['is a hard link', { name: 'x', type: '1' }, /entry 1: hard link/],
    ['is a symbolic link', { name: 'x', type: '2' }, /entry 1: symbolic link/],
    ['is a device', { name: 'x', type: '3' }, /entry 1: neither file nor directory/],
    [
      'leads out by its long name',
      { name: 'x', type: 'x', data: paxRecord('path', '../x') },
      /entry 1: name leads out/,
    ],
    [
      'has a header that would fill the memory',
      { name: 'x', type: 'x', declaredSize: 0o77777777777 },
      /entry 1: header of/,
    ],
    ['has a name twice', outbox, /entry 1: a name that an earlier/],
  ])('is refused when an entry %s', async (_what, entry, message) => {
    await expect(tarGz(outbox, entry, { name: 'last' })).rejects.toEqual(unsafe(message))
  })

  it('is refused when it is a bomb, cut short or no tar', async () => {
    await expect(tarGz({ name: 'x', data: Buffer.alloc(20_000_000) })).rejects.toEqual(unsafe(/250 times/))
    const whole = gzipSync(makeTar([outbox]))
    await expect(contents(whole.subarray(0, whole.length - 9))).rejects.toEqual(malformed(/cut short/))
    await expect(contents(makeTar([outbox]).subarray(0, 1024))).rejects.toEqual(malformed(/cut short/))
    await expect(contents(gzipSync(Buffer.alloc(600, 'x')))).rejects.toEqual(malformed(/no tar header/))
    await expect(contents(Buffer.from('hello'))).rejects.toEqual(malformed(/neither zip nor tar/))
  })
})
