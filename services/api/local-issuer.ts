import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'
import { uuidv4 } from '../platform/ids.ts'
import type { Scope } from './scopes.ts'

export type TokenRequest = {
  readonly subject: string
  readonly scopes: readonly Scope[]
  /** Slugs, or ['*'] together with controllers:write. */
  readonly controllers: readonly string[]
  readonly issuedAt: Date
  readonly expiresInSeconds: number
}

/** The built-in issuer of the default set-up: one ES256 key, kept in one file. Production names an issuer of its own. */
export type LocalIssuer = {
  readonly publicJwks: { readonly keys: readonly JWK[] }
  readonly key: JWTVerifyGetKey
  readonly mint: (request: TokenRequest) => Promise<string>
}

const PrivateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
type PrivateKey = z.infer<typeof PrivateKey>

/** Opens the key in `path`, or makes it (mode 0600) where there is none. An unreadable key is refused, never replaced. */
export async function openLocalIssuer(path: string, issuer: string, audience: string): Promise<LocalIssuer> {
  const jwk = readKey(path) ?? (await createKey(path))
  const { d: _, ...publicPart } = jwk
  const kid = await calculateJwkThumbprint(publicPart)
  const publicJwk = { ...publicPart, kid, alg: 'ES256', use: 'sig' }
  const privateKey = await importJWK(jwk, 'ES256')
  const publicJwks = { keys: [publicJwk] }
  return {
    publicJwks,
    key: createLocalJWKSet(publicJwks),
    mint: (request) => {
      const issuedAt = Math.floor(request.issuedAt.getTime() / 1000)
      const [first, ...others] = request.controllers
      return new SignJWT({
        scope: request.scopes.join(' '),
        client_id: request.subject,
        ...(first === undefined ? {} : { controller: others.length === 0 ? first : [first, ...others] }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(request.subject)
        .setJti(uuidv4())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + request.expiresInSeconds)
        .sign(privateKey)
    },
  }
}

function readKey(path: string): PrivateKey | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new DomainError('misconfigured', `The issuer's key file ${path} cannot be read`, { cause })
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new DomainError(
      'misconfigured',
      `The issuer's key file ${path} is open to others: chmod 600 it, or remove it to make a new key`,
    )
  }
  const parsed = PrivateKey.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new DomainError('misconfigured', `The issuer's key file ${path} holds no P-256 private key (JWK)`)
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function createKey(path: string): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = PrivateKey.parse(await exportJWK(privateKey))
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // 'wx': of two starts at the same time one makes the key and the other reads it.
    writeFileSync(path, `${JSON.stringify(jwk)}\n`, { mode: 0o600, flag: 'wx', flush: true })
    return jwk
  } catch (cause) {
    const other = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? readKey(path) : undefined
    if (other !== undefined) return other
    throw new DomainError('misconfigured', `The issuer's key file ${path} cannot be written`, { cause })
  }
}
