import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import type { KeyProvider } from './key-provider.ts'

/**
 * Refuses a keyring from before a sweep: it wraps its record keys with an epoch key that the sweep has destroyed, so that
 * nothing in it opens. One that holds no record key is carried on into a new epoch.
 */
export async function passDeadEpochs(pool: Pool, provider: KeyProvider, clock: Clock): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ epoch: number; state: string }>(
      "select epoch, state from keyring.epoch where state in ('draining', 'current') order by epoch",
    )
    const states = await Promise.all(rows.map(({ epoch }) => provider.epochState(epoch)))
    const dead = rows[states.indexOf('destroyed')]
    if (dead === undefined) return
    const used = await pool.query<{ used: boolean }>('select keyring.epoch_used($1) as used', [dead.epoch])
    if (used.rows[0]?.used === true) {
      throw new DomainError(
        'key-destroyed',
        `This keyring is from before a sweep: it wraps its keys with epoch key ${dead.epoch}, which that sweep has destroyed. ` +
          'None of its record keys opens any more, those of the survivors neither. Restore the keyring backup that was taken after the newest sweep.',
      )
    }
    if (dead.state === 'current') await pool.query('select keyring.open_epoch($1)', [clock.now()])
    await pool.query('select keyring.drop_epoch($1)', [dead.epoch])
    await pool.query('select keyring.close_epoch($1, $2)', [dead.epoch, clock.now()])
  }
}
