import { generateKeyPairSync } from 'node:crypto'
import type { NamedPrivateKey, SignatureType } from '../../services/ledger/tree/note-key.ts'

export const origin = 'liggare.example.org/log/kulturnamnden'

export function newKey(name: string, type: SignatureType): NamedPrivateKey {
  return { name, type, privateKey: generateKeyPairSync('ed25519').privateKey }
}
