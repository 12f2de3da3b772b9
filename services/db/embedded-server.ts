import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '../platform/errors.ts'
import type { ServerHost } from './embedded-host.ts'
import { serverSettings } from './embedded-settings.ts'

/** A running postmaster, and the port it listens on at 127.0.0.1. */
export type Server = { readonly process: ChildProcess; readonly port: number }

const attempts = 8
/** A port taken in between, or the last moments of a killed server's children. */
const passing = /bind|listen|shared memory|lock file/

/** Starts a server on an initialised directory that nobody else uses. */
export async function startServer(
  host: ServerHost,
  dataDir: string,
  overrides: Readonly<Record<string, string>>,
): Promise<Server> {
  stopOrphan(host, dataDir)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const log = openLog(dataDir)
    const start = log.size
    // Detached: in a process group of its own, so that a Ctrl+C stops us, and we it once we have drained.
    const child = spawn(host.program('postgres'), ['-D', dataDir, ...serverSettings(port, overrides)], {
      ...host.user,
      cwd: '/',
      detached: true,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', log.fd, log.fd],
    })
    closeSync(log.fd)
    if (await becomesReady(child, dataDir)) return { process: child, port }
    const reason = lastFatalLine(readFileSync(log.path, 'utf8').slice(start))
    if (attempt === attempts || !passing.test(reason)) {
      throw new DomainError(
        'misconfigured',
        `the embedded database does not start (log: ${log.path}): ${reason}`,
      )
    }
    await sleep(attempt * 200)
  }
}

/** Fast shutdown: running transactions are rolled back, everything committed is on disk. */
export async function stopServer(server: Server, patience = 60_000): Promise<void> {
  const child = server.process
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  // SIGQUIT leaves a recovery to the next start, which loses nothing.
  const impatience = setTimeout(() => child.kill('SIGQUIT'), patience)
  await exited
  clearTimeout(impatience)
}

async function becomesReady(child: ChildProcess, dataDir: string): Promise<boolean> {
  let failed = false
  child.once('error', () => {
    failed = true
  })
  // Recovery after a crash may take as long as it takes; the process is alive or it is not.
  while (!failed && child.exitCode === null && child.signalCode === null) {
    const [pid, , , , , , , status] = pidFile(dataDir)
    if (Number(pid) === child.pid && status?.trim() === 'ready') return true
    await sleep(10)
  }
  return false
}

function pidFile(dataDir: string): string[] {
  try {
    return readFileSync(`${dataDir}/postmaster.pid`, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Our lock is held, so a server that still runs here has lost its Liggare to a kill -9. */
function stopOrphan(host: ServerHost, dataDir: string): void {
  const pid = Number(pidFile(dataDir)[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  if (commandLine(pid).includes(dataDir)) {
    execFileSync(host.program('pg_ctl'), ['stop', '-D', dataDir, '-m', 'fast', '-w', '-t', '120'], {
      ...host.user,
      cwd: '/',
      stdio: 'ignore',
    })
  } else {
    // Left behind by a crash. PostgreSQL would refuse to start if some other process had got the number since.
    rmSync(`${dataDir}/postmaster.pid`, { force: true })
  }
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function openLog(dataDir: string): { path: string; fd: number; size: number } {
  const path = `${dataDir}/server.log`
  if (existsSync(path) && statSync(path).size > 10_000_000) renameSync(path, `${path}.1`)
  const fd = openSync(path, 'a', 0o600)
  return { path, fd, size: existsSync(path) ? statSync(path).size : 0 }
}

function lastFatalLine(log: string): string {
  return log.split('\n').findLast((line) => /FATAL|PANIC|error/.test(line)) ?? 'it gave no reason'
}
