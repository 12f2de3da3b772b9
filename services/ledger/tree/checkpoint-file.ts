import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * The signed checkpoint last made, from a file that neither the database nor its backups hold. Null only where there is no
 * such file; a damaged one comes back as it is and fails to open, for it must never pass for a first time.
 */
export async function readCheckpointFile(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * Replaces the file so that at every instant, also after a power cut, it holds the old checkpoint or the new one whole.
 * One writer at a time: the signer's lease sees to that. What a crash leaves in `.next` is overwritten by the next one.
 */
export async function writeCheckpointFile(path: string, checkpoint: Buffer): Promise<void> {
  const next = await open(`${path}.next`, 'w', 0o600)
  try {
    await next.writeFile(checkpoint)
    await next.sync()
  } finally {
    await next.close()
  }
  await rename(`${path}.next`, path)
  // Without this the rename itself may be lost with the power.
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
