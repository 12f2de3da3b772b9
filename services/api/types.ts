import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Span } from '@opentelemetry/api'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Registry } from 'prom-client'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { CollectedOperation } from './openapi.ts'
import type { OperationConfig } from './operation.ts'
import type { Scope } from './scopes.ts'
import type { RemoteSpan } from './traceparent.ts'

/** The instance a route module gets: typed by zod, prefixed with `/liggare/v1`. */
export type Api = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** Adds the routes of one domain service. `D` is what it needs of the world: a part of `Deps`. */
export type RouteModule<D> = (app: Api, deps: D) => void | Promise<void>

/** Who asks, as the verified token says. `id` is a client or actor id, never a person's name. */
export type Actor = {
  readonly id: string
  readonly scopes: ReadonlySet<Scope>
  /** Slugs of the controllers it may act for, or '*' for all. */
  readonly controllers: ReadonlySet<string> | '*'
}

/** What is wrong of the token or who it is from: the only question that the HTTP layer has to the issuer. */
export type VerifyToken = (token: string) => Actor | Promise<Actor>

export type AuthConfig =
  | { readonly kind: 'local'; readonly issuer: string; readonly audience: string; readonly keyPath: string }
  | {
      readonly kind: 'jwks'
      readonly issuer: string
      readonly audience: string
      readonly jwksUrl: string
      /** RFC 9068 § 4 demands `typ: at+jwt`; 'any' is for issuers that cannot (older Keycloak, Entra). */
      readonly tokenType?: 'at+jwt' | 'any'
      readonly cooldownMs?: number
      readonly timeoutMs?: number
    }

/** Limits per minute; 0 = none. Anonymous: public operations and refused tokens, counted by address (in memory only). */
export type RateLimits = { readonly anonymousPerMinute: number; readonly clientPerMinute: number }

export type ApiConfig = {
  /** The largest JSON body in bytes; routes that stream set their own. */
  readonly bodyLimit: number
  /** Behind a reverse proxy: trust its X-Forwarded-For (for the anonymous rate limit alone). */
  readonly trustProxy: boolean
  readonly rateLimits: RateLimits
  /** Milliseconds the event loop may lag before new requests get 503; 0 = never refuse. */
  readonly maxEventLoopDelayMs: number
  /** Whether `/docs` is served. */
  readonly docs: boolean
}

/** Resolves when the part is fit to serve, rejects when not. Its message is never shown: only its name is. */
type ReadinessCheck = () => Promise<void>

export type AppDeps<D> = {
  readonly config: ApiConfig
  readonly verifyToken: VerifyToken
  /** Public keys to publish at `/.well-known/jwks.json`; absent with an external issuer. */
  readonly publicJwks?: { readonly keys: readonly object[] }
  readonly logger: Logger
  readonly clock: Clock
  readonly metrics: Registry
  readonly checks: Readonly<Record<string, ReadinessCheck>>
  readonly modules: readonly RouteModule<D>[]
  /** What the route modules get. */
  readonly deps: D
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: OperationConfig
  }
  interface FastifyInstance {
    /** What the route modules declared, for the contract. */
    operations: readonly CollectedOperation[]
  }
  interface FastifyRequest {
    actor: Actor | null
    /** Of the span for this request; without an SDK that of the caller. */
    traceId: string | null
    remoteSpan: RemoteSpan | null
    span: Span | null
  }
}
