import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../services/main.ts')

/** Liggare as its users run it: `start` in a process of its own on a data directory of its own. */
export type ServerProcess = {
  readonly url: string
  readonly dataDir: string
  /** Where everything of it lies: database, keys, journal. */
  readonly folder: string
  /** What it has written to its log so far. */
  readonly output: () => string
  readonly start: () => Promise<void>
  /** Ends it without a word, as a power cut would. */
  readonly kill: () => Promise<void>
  /** Ends it by SIGTERM; answers the exit code. */
  readonly stop: () => Promise<number | null>
  readonly run: (...args: string[]) => string
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly get: (path: string) => Promise<Response>
  readonly remove: () => void
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export async function serverProcess(): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'liggare-story-'))
  // The database's user must be able to enter when the test runs as root.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const dataDir = join(folder, 'database')
  const env = {
    ...process.env,
    LIGGARE_DATA_DIR: dataDir,
    LIGGARE_PORT: String(port),
    LIGGARE_LOG_LEVEL: 'trace',
  }
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const output: Buffer[] = []
  let token = ''
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [main, ...args], { env, encoding: 'utf8' }).trim()
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/liggare/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

  async function start(): Promise<void> {
    child = spawn(process.execPath, [main, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => output.push(chunk))
    for (;;) {
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}: ${Buffer.concat(output)}`)
      const ready = await fetch(`${url}/ready`).catch(() => undefined)
      if (ready?.status === 200) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    token ||= run('token', '--controller', '*', '--scope', 'all', '--subject', 'test')
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }

  return {
    url,
    dataDir,
    folder,
    output: () => Buffer.concat(output).toString(),
    start,
    kill: async () => {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    run,
    post: (path, body, headers) => send('POST', path, body, headers),
    get: (path) => send('GET', path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export const someController = {
  slug: 'kommunstyrelsen',
  name: 'Kommunstyrelsen i Sagodal',
  kommunkod: '9999',
  organisationNumber: '212000-9994',
  contact: { function: 'Registrator', email: 'registrator@example.org' },
  dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
  complaintAuthority: { name: 'Integritetsskyddsmyndigheten' },
}

export const someFacebookPage = {
  platform: 'facebook',
  name: 'Kommunens sida',
  controllership: 'ownAndThirdParty',
  legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
  openedOn: '2010-02-01',
  publicList: true,
}

/** Enters a controller with one channel; answers the channel's id. */
export async function declareBasics(server: ServerProcess): Promise<string> {
  const created = await server.post('/controllers', someController)
  if (created.status !== 201) throw new Error(await created.text())
  const channel = await server.post('/controllers/kommunstyrelsen/channels', someFacebookPage)
  if (channel.status !== 201) throw new Error(await channel.text())
  return ((await channel.json()) as { id: string }).id
}
