import { hkdfSync } from 'node:crypto'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'
import { randomBytes } from '../platform/ids.ts'
import { type KeyProvider, readKeyFile, standingKeys, writeKeyFile } from './key-provider.ts'
import { type TransitSettings, transitClient } from './transit-client.ts'

/** Names of keys in the engine begin with `key`: `<key>-root`, `<key>-epoch-7`, `<key>-epoch-7-destroyed`. */
export type TransitProviderSettings = TransitSettings & { readonly key: string }

const Encrypted = z.looseObject({ ciphertext: z.string().regex(/^vault:v\d+:[A-Za-z0-9+/=]+$/) })
const Decrypted = z.looseObject({ plaintext: z.base64() })
const Mac = z.looseObject({ hmac: z.string().regex(/^vault:v1:[A-Za-z0-9+/]{43}=$/) })
const Key = z.looseObject({
  exportable: z.boolean(),
  allow_plaintext_backup: z.boolean(),
  soft_deleted: z.boolean().optional(),
})

const keyType = 'aes256-gcm96'

/** A new root, encrypted by the engine, in a new key file: neither the file nor the engine opens anything without the other. */
export async function createTransitKeyFile(path: string, settings: TransitProviderSettings): Promise<void> {
  const client = transitClient(settings)
  await client.write(`keys/${settings.key}-root`, { type: keyType })
  const { ciphertext } = answered(
    Encrypted,
    await client.write(`encrypt/${settings.key}-root`, { plaintext: randomBytes(32).toString('base64') }),
  )
  writeKeyFile(path, { wrappedRoot: ciphertext })
}

/**
 * The key provider over the transit engine of HashiCorp Vault or OpenBao. The root is decrypted once, here, and held in
 * memory. An epoch has a key of its own in the engine, which never leaves it: the epoch key is an HMAC under it, bound to
 * the root, and nothing of it is stored anywhere. It dies with the engine's key; that it has died is marked by another.
 */
export async function openTransit(path: string, settings: TransitProviderSettings): Promise<KeyProvider> {
  const client = transitClient(settings)
  const { wrappedRoot } = readKeyFile(path)
  if (wrappedRoot === undefined) {
    throw new DomainError(
      'key-mismatch',
      `The key file ${path} holds its root in the clear, but LIGGARE_TRANSIT_URL is set. Unset it, or put back the key file that was made with it.`,
    )
  }
  const { plaintext } = answered(
    Decrypted,
    await client.write(`decrypt/${settings.key}-root`, { ciphertext: wrappedRoot }),
  )
  const root = Buffer.from(plaintext, 'base64')
  if (root.length !== 32) throw new DomainError('key-mismatch', `The root in ${path} is not 32 bytes.`)
  const derive = standingKeys(root)
  const name = (epoch: number) => `${settings.key}-epoch-${epoch}`
  const there = async (key: string) => (await client.read(`keys/${key}`)) !== undefined
  const marked = (epoch: number) => there(`${name(epoch)}-destroyed`)

  /** Refuses a key of which the engine may have given out a copy: destroying it here would destroy nothing. */
  async function assertKept(epoch: number): Promise<void> {
    const data = await client.read(`keys/${name(epoch)}`)
    if (data === undefined) {
      throw new DomainError(
        'key-mismatch',
        `Epoch key ${epoch} (${name(epoch)}) is missing at the key provider. Restore its newest backup.`,
      )
    }
    const key = answered(Key, data)
    if (key.exportable || key.allow_plaintext_backup) {
      throw new DomainError(
        'key-mismatch',
        `${name(epoch)} may be exported or backed up in the clear at the key provider: that it is destroyed could never be said of it.`,
      )
    }
    if (key.soft_deleted === true) {
      throw new DomainError('key-mismatch', `${name(epoch)} is disabled, not destroyed. Enable it again.`)
    }
  }

  return {
    name: 'transit',
    derive,
    // A key that is disabled, or whose versions are locked, is there: only one that is gone counts as destroyed.
    epochState: async (epoch) =>
      (await there(name(epoch))) ? 'live' : (await marked(epoch)) ? 'destroyed' : 'absent',
    createEpoch: async (epoch) => {
      if (await marked(epoch)) throw destroyed(epoch)
      const flags = { exportable: false, allow_plaintext_backup: false }
      // Of a key that is there nothing changes: of several processes the first one's is everybody's.
      await client.write(`keys/${name(epoch)}`, { type: keyType, ...flags })
      await assertKept(epoch)
    },
    epochKey: async (epoch) => {
      // Also where somebody has put the engine's key back: what was destroyed does not heal.
      if (await marked(epoch)) throw destroyed(epoch)
      await assertKept(epoch)
      const input = Buffer.from(`liggare/epoch/${epoch}`).toString('base64')
      // Version 1 for good: a rotation in the engine must not change the key.
      const { hmac } = answered(Mac, await client.write(`hmac/${name(epoch)}`, { input, key_version: 1 }))
      const mac = Buffer.from(hmac.slice('vault:v1:'.length), 'base64')
      return Buffer.from(hkdfSync('sha256', mac, derive('epoch/v1'), `liggare/epoch/${epoch}`, 32))
    },
    destroyEpoch: async (epoch) => {
      await client.write(`keys/${name(epoch)}-destroyed`, { type: keyType })
      if (!(await there(name(epoch)))) return
      let reason: unknown
      try {
        await client.write(`keys/${name(epoch)}/config`, { deletion_allowed: true })
        await client.remove(`keys/${name(epoch)}`)
      } catch (error) {
        reason = error
      }
      // What the engine says of the key now is what counts: another process may have been faster, an answer been lost.
      if (!(await there(name(epoch)))) return
      throw reason ?? new DomainError('integrity-failed', `${name(epoch)} stands although it was deleted.`)
    },
  }
}

function destroyed(epoch: number): DomainError {
  return new DomainError('key-destroyed', `Epoch key ${epoch} has been destroyed and is never made again.`)
}

function answered<T>(schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  throw new DomainError('key-mismatch', 'The key provider gives an answer that is none of a transit engine.')
}
