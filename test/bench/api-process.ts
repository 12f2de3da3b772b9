import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLocalIssuer } from '../../services/api/local-issuer.ts'
import { authConfigOf } from '../../services/api/settings.ts'
import { loadConfig } from '../../services/platform/config.ts'
import { databaseUrlKeys } from '../../services/platform/config-keys.ts'
import type { House } from './house.ts'

/** An api in a process of its own, and a token for all its controllers. */
export type ApiProcess = {
  readonly port: number
  readonly token: string
  readonly stop: () => Promise<void>
}

const checkout = join(import.meta.dirname, '../..')

/** Starts `services/main.ts api`, or another program that serves like it. Its log goes to a file, as in production. */
export async function startApi(
  house: House,
  folder: string,
  program?: readonly string[],
): Promise<ApiProcess> {
  const port = await freePort()
  const environment = { ...house.environment, LIGGARE_PORT: String(port) }
  const log = openSync(join(folder, `${house.name}.log`), 'w')
  const child = spawn(process.execPath, [...(program ?? [join(checkout, 'services/main.ts'), 'api'])], {
    env: { ...foreign(), ...environment },
    stdio: ['ignore', log, 'inherit'],
  })
  closeSync(log)
  await ready(child, port)
  const auth = authConfigOf(loadConfig(environment))
  if (auth.kind !== 'local') throw new Error('the bench mints its token from the local issuer')
  const issuer = await openLocalIssuer(auth.keyPath, auth.issuer, auth.audience)
  const token = await issuer.mint({
    subject: 'bench',
    scopes: ['interactions:write', 'controllers:write'],
    controllers: ['*'],
    issuedAt: new Date(),
    expiresInSeconds: 4 * 3600,
  })
  return { port, token, stop: () => stop(child) }
}

/** The environment without what would configure another Liggare. */
function foreign(): NodeJS.ProcessEnv {
  const ours = new Set<string>(databaseUrlKeys)
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('LIGGARE_') && !ours.has(key)),
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const until = performance.now() + 30_000
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the api ended with ${child.exitCode}`)
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error('the api did not become ready')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(timer)
}
