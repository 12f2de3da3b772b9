import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { type EmbeddedDatabase, startEmbedded } from '../../services/db/embedded.ts'
import { connected } from '../support/template.ts'

const folder = mkdtempSync(join(tmpdir(), 'liggare-embedded-'))
chmodSync(folder, 0o711)
const dataDir = join(folder, 'database')
const log = { info: () => {}, warn: () => {}, fatal: () => {} }
const start = (onLost?: () => void) => startEmbedded({ dataDir, log, ...(onLost && { onLost }) })
const isRoot = process.getuid?.() === 0

afterAll(() => {
  rmSync(folder, { recursive: true })
})

async function using(
  database: Promise<EmbeddedDatabase>,
  work: (url: string) => Promise<unknown>,
): Promise<void> {
  const server = await database
  await work(server.ledgerUrl).finally(() => server.stop())
}

const write = (url: string, word: string) =>
  connected(url, async (client) => {
    await client.query('create table if not exists public.word (word text primary key)')
    await client.query('insert into public.word values ($1)', [word])
  })

const words = (url: string) =>
  connected(url, async (client) =>
    (await client.query('select word from public.word order by 1')).rows.map((r) => r.word),
  )

const postmaster = () => Number(readFileSync(`${dataDir}/postmaster.pid`, 'utf8').split('\n')[0])

async function child(): Promise<{ process: ChildProcess; url: string; lines: AsyncIterator<string> }> {
  const script = fileURLToPath(new URL('./embedded-child.ts', import.meta.url))
  const spawned = spawn(process.execPath, [script, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: spawned.stdout })[Symbol.asyncIterator]()
  return { process: spawned, url: String((await lines.next()).value), lines }
}

it('a second start finds the data of the first', async () => {
  await using(start(), (url) => write(url, 'first'))
  await using(start(), async (url) => expect(await words(url)).toEqual(['first']))
})

it('what was committed outlives the kill of the process, and its orphaned server is replaced', async () => {
  const other = await child()
  await write(other.url, 'before the kill')
  const orphan = postmaster()
  other.process.kill('SIGKILL')
  await once(other.process, 'exit')
  process.kill(orphan, 0)
  await using(start(), async (url) => {
    expect(await words(url)).toContain('before the kill')
    expect(postmaster()).not.toBe(orphan)
  })
})

it('what was committed outlives the kill of the server, which is told', async () => {
  const lost = Promise.withResolvers<void>()
  const server = await start(() => lost.resolve())
  await write(server.ledgerUrl, 'before the crash')
  process.kill(postmaster(), 'SIGKILL')
  await lost.promise
  await server.stop()
  await using(start(), async (url) => expect(await words(url)).toContain('before the crash'))
})

it('a process number left behind, which another process has by now, does not stop a start', async () => {
  writeFileSync(`${dataDir}/postmaster.pid`, `${process.pid}\n${dataDir}\n`)
  await using(start(), async (url) => expect(await words(url)).toContain('first'))
})

it('a directory that another Liggare uses is refused with its process number', async () => {
  const other = await child()
  const refused = { code: 'misconfigured', message: expect.stringContaining(`(pid ${other.process.pid})`) }
  await expect(start()).rejects.toMatchObject(refused)
  expect(await words(other.url)).toContain('first')
  other.process.kill('SIGTERM')
  await once(other.process, 'exit')
})

it('a directory in use by the same process is refused', async () => {
  await using(start(), async () => {
    await expect(start()).rejects.toMatchObject({ code: 'misconfigured' })
  })
})

it("the terminal's interrupt reaches the process and not its server", async () => {
  const other = await child()
  process.kill(-(other.process.pid ?? 0), 'SIGINT')
  expect((await other.lines.next()).value).toBe('interrupted')
  expect(await words(other.url)).toContain('first')
  other.process.kill('SIGTERM')
  await once(other.process, 'exit')
})

it('neither the row nor the statement of an error reaches the log of the server', async () => {
  await using(start(), (url) =>
    connected(url, async (client) => {
      const planted = 'Göran Påhittad'
      await client.query('create table public.person (name text primary key, age int check (age > 0))')
      await client.query('insert into public.person values ($1, 1)', [planted])
      await expect(client.query('insert into public.person values ($1, 1)', [planted])).rejects.toThrow()
      await expect(
        client.query('insert into public.person values ($1, -1)', [`${planted} 2`]),
      ).rejects.toThrow()
      await expect(client.query('select $1::text::int', [planted])).rejects.toThrow()
      await expect(client.query(`select '${planted}'::uuid`)).rejects.toThrow()
      await expect(client.query(`selekt '${planted}'`)).rejects.toThrow()
    }),
  )
  const written = readFileSync(`${dataDir}/server.log`, 'utf8')
  expect(written).toContain('database system is ready')
  expect(written).not.toMatch(/Påhittad|P\\303|selekt/)
})

it('a folder with something else in it is refused and left as it is', async () => {
  const occupied = join(folder, 'occupied')
  mkdirSync(occupied)
  writeFileSync(join(occupied, 'file.txt'), 'mine')
  await expect(startEmbedded({ dataDir: occupied, log })).rejects.toMatchObject({ code: 'misconfigured' })
  expect(readFileSync(join(occupied, 'file.txt'), 'utf8')).toBe('mine')
})

it.runIf(isRoot)('a folder that the server of root cannot reach is refused with advice', async () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const refused = { code: 'misconfigured', message: expect.stringContaining('LIGGARE_DATA_DIR') }
  await expect(startEmbedded({ dataDir: join(closed, 'database'), log })).rejects.toMatchObject(refused)
})

it.skipIf(isRoot)('a folder that cannot be made is refused', async () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0o500 })
  await expect(startEmbedded({ dataDir: join(closed, 'database'), log })).rejects.toMatchObject({
    code: 'misconfigured',
  })
})
