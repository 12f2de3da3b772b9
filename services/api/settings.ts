import { dirname, join } from 'node:path'
import type { Config } from '../platform/config.ts'
import type { ApiConfig, AuthConfig } from './types.ts'

/** What the configuration means for the HTTP app. */
export function apiConfigOf(config: Config): ApiConfig {
  return {
    bodyLimit: config.bodyLimit,
    trustProxy: false,
    // Clients are known and few: they are not limited here, but by the log's own bounded queue (503).
    rateLimits: { anonymousPerMinute: 600, clientPerMinute: 0 },
    maxEventLoopDelayMs: 1_000,
    docs: true,
  }
}

/** Whose tokens count: with LIGGARE_ISSUER set the local issuer is off. Its key lies beside the root key. */
export function authConfigOf(config: Config): AuthConfig {
  const { issuer, jwksUrl, audience } = config
  if (issuer !== undefined && jwksUrl !== undefined) return { kind: 'jwks', issuer, audience, jwksUrl }
  return {
    kind: 'local',
    issuer: config.publicUrl,
    audience,
    keyPath: join(dirname(config.keyFile), 'issuer.jwk.json'),
  }
}
