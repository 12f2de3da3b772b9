import {
  type Authority,
  askAuthority,
  askWitness,
  type EvidenceDeps,
  type Witness,
} from '../ledger/checkpoints-evidence.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Logger } from '../platform/log.ts'

/** Who outside is asked to vouch for checkpoints. */
export type Vouchers = { readonly witnesses: readonly Witness[]; readonly authority: Authority | undefined }

/**
 * Asks each witness and the time-stamping authority for what they have not said yet. One that does not answer is logged and
 * asked again the next time: the log goes on without it, and the others are asked all the same.
 */
export async function gatherEvidence(
  deps: EvidenceDeps & { readonly ledger: Pick<Ledger, 'list'>; readonly log: Logger },
  { witnesses, authority }: Vouchers,
): Promise<void> {
  for (const log of await deps.ledger.list()) {
    for (const witness of witnesses) {
      await askWitness(deps, log, witness).catch((err: unknown) =>
        deps.log.error({ err, controller: log.slug, witness: witness.key.name }, 'a witness did not cosign'),
      )
    }
    if (authority === undefined) continue
    await askAuthority(deps, log, authority).catch((err: unknown) =>
      deps.log.error({ err, controller: log.slug }, 'a checkpoint was not stamped'),
    )
  }
}
