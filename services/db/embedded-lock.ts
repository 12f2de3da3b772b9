import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DomainError } from '../platform/errors.ts'

/**
 * Takes the lock on an embedded database and returns its release. SQLite is used for nothing but its file lock: the
 * kernel drops it with the process, so that no stale lock is ever left by a kill -9 and no process id is trusted.
 */
export function lockDatabase(folder: string): () => void {
  const lock = new DatabaseSync(`${folder}/lock`, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    if ((cause as { errcode?: number }).errcode !== 5) throw cause
    const pid = readFileSync(`${folder}/pid`, 'utf8').trim()
    const advice = 'stop it first, or give this one another LIGGARE_DATA_DIR'
    throw new DomainError('misconfigured', `another Liggare uses this directory (pid ${pid}): ${advice}`)
  }
  // For the message above only.
  writeFileSync(`${folder}/pid`, `${process.pid}\n`)
  return () => {
    if (lock.isOpen) lock.close()
  }
}
