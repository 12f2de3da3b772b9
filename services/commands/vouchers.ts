import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Vouchers } from '../jobs/evidence.ts'
import { witnessesOf } from '../ledger/checkpoints-evidence.ts'
import type { Config } from '../platform/config.ts'
import { DomainError } from '../platform/errors.ts'

/** Who vouches for checkpoints, by the configuration. */
export function vouchersOf(config: Pick<Config, 'witnesses' | 'tsaUrl' | 'tsaCertificates'>): Vouchers {
  const { witnesses, tsaUrl, tsaCertificates } = config
  return {
    witnesses: witnesses === undefined ? [] : witnessesOf(witnesses),
    authority:
      tsaUrl === undefined || tsaCertificates === undefined
        ? undefined
        : { url: tsaUrl, certificates: certificatesIn(tsaCertificates) },
  }
}

/** All certificates of a PEM file. */
export function certificatesIn(file: string): X509Certificate[] {
  const found = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (found === null) throw new DomainError('misconfigured', `${file} holds no certificate`)
  return found.map((pem) => new X509Certificate(pem))
}
