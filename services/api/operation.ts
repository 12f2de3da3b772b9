import type { z } from 'zod'
import type { Scope } from './scopes.ts'

/** One successful answer of an operation. A text answer (CSV, HTML …) has a media type and no schema. */
type ResponseSpec = {
  readonly description: string
  readonly schema?: z.ZodType
  readonly example?: unknown
  readonly mediaType?: string
  /** Other media types by Accept, each a text; one with an example here is JSON of its own kind. */
  readonly otherTypes?: readonly string[]
  readonly otherExamples?: Readonly<Record<string, unknown>>
  /** Header name → what it says. */
  readonly headers?: Readonly<Record<string, string>>
}

type BodySpec = {
  readonly schema: z.ZodType
  readonly example: unknown
  /** Besides `application/json`, for which the app has a parser; others need a parser of the module's own. */
  readonly mediaTypes?: readonly string[]
  /** What the contract says of each media type, instead of `schema` as `application/json`. */
  readonly contents?: Readonly<Record<string, { readonly schema: z.ZodType; readonly example: unknown }>>
}

/** A request header that the operation reads itself, such as If-Match. */
type HeaderSpec = {
  readonly description: string
  readonly example: string
  readonly required?: boolean
}

/** What the authentication hook, the contract and the log need to know of an operation. */
export type OperationConfig = {
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly description: string
  /** The scope that its caller needs; 'public': no token; 'signed': no token, the operation itself checks who signed the body. */
  readonly scope: Scope | 'public' | 'signed'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly headers?: Readonly<Record<string, HeaderSpec>>
  readonly body?: BodySpec
  readonly responses: Readonly<Record<number, ResponseSpec>>
  /** Statuses beside those that follow from the rest (401, 403, 404, 413, 415, 422, 429, 500, 503). */
  readonly problems?: readonly number[]
}

type SchemaOf<S, K extends string> = S extends { readonly [P in K]: infer Z extends z.ZodType }
  ? { [P in K]: Z }
  : unknown
type Renamed<S> = (S extends { readonly params: infer Z extends z.ZodType } ? { params: Z } : unknown) &
  (S extends { readonly query: infer Z extends z.ZodType } ? { querystring: Z } : unknown) &
  (S extends { readonly body: infer B }
    ? SchemaOf<B, 'schema'> extends { schema: infer Z }
      ? { body: Z }
      : unknown
    : unknown) & {
    response: {
      [K in keyof ResponsesOf<S> as ResponsesOf<S>[K] extends { schema: z.ZodType }
        ? K
        : never]: ResponsesOf<S>[K] extends {
        schema: infer Z
      }
        ? Z
        : never
    }
  }
type ResponsesOf<S> = S extends { readonly responses: infer R } ? R : never

/**
 * Declares an operation once: gives Fastify its zod schemas, the authentication hook its scope and the contract its
 * words. Spread it into the route: `app.get('/things/:thing', operation({…}), handler)`.
 */
export function operation<const S extends OperationConfig>(
  spec: S,
): { schema: Renamed<S>; config: { operation: OperationConfig } } {
  const response: Record<string, z.ZodType> = {}
  for (const [status, { schema }] of Object.entries(spec.responses)) if (schema) response[status] = schema
  const schema: Record<string, unknown> = { response }
  if (spec.params) schema['params'] = spec.params
  if (spec.query) schema['querystring'] = spec.query
  if (spec.body) schema['body'] = spec.body.schema
  // The mapped type states what the four assignments above do; TypeScript cannot follow them.
  return { schema: schema as Renamed<S>, config: { operation: spec } }
}
