import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { info, securitySchemes, servers, tags } from './openapi-info.ts'
import { byKey, collectSchemas, type Json, type JsonObject, type SchemaCollector } from './openapi-schemas.ts'
import type { OperationConfig } from './operation.ts'
import { Problem, problemMediaType } from './problem.ts'
import { problemKinds } from './problem-kinds.ts'
import { basePath } from './version.ts'

export type CollectedOperation = {
  readonly method: string
  readonly path: string
  readonly config: OperationConfig
}

/** Remembers every operation that is registered after this call. */
export function collectOperations(app: FastifyInstance): CollectedOperation[] {
  const operations: CollectedOperation[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.operation === undefined) return
    for (const verb of [method].flat()) {
      if (verb !== 'HEAD')
        operations.push({
          method: verb.toLowerCase(),
          path: url.slice(basePath.length),
          config: config.operation,
        })
    }
  })
  return operations
}

/** The contract, OpenAPI 3.1, from the declared operations alone: the same operations give the same bytes. */
export function documentOf(operations: readonly CollectedOperation[]): JsonObject {
  const schemas = collectSchemas()
  const paths: Record<string, JsonObject> = {}
  const statuses = new Set<number>()
  for (const { method, path, config } of operations) {
    const template = path.replaceAll(/:([A-Za-z]+)/g, '{$1}')
    const item = paths[template] ?? {}
    item[method] = operationObject(config, schemas)
    paths[template] = item
    for (const status of problemStatuses(config)) statuses.add(status)
  }
  const problem = schemas.add(Problem, 'output')
  const responses = Object.fromEntries(
    [...statuses].sort().map((status) => [`Problem${status}`, problemResponse(status, problem)]),
  )
  const components = schemas.finish()
  return {
    openapi: '3.1.0',
    info,
    servers,
    tags: tagObjects(operations),
    security: [{ oauth: [] }],
    paths: components.rename(Object.fromEntries(Object.entries(paths).sort(byKey))),
    components: {
      schemas: components.schemas,
      responses,
      parameters: { Traceparent: traceparent },
      securitySchemes,
    },
  }
}

const traceparent: JsonObject = {
  name: 'traceparent',
  in: 'header',
  required: false,
  description: 'W3C Trace Context; samma värde kommer tillbaka / the same value is returned',
  schema: { type: 'string', pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}' },
  example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}

function tagObjects(operations: readonly CollectedOperation[]): Json[] {
  const used = new Set(operations.map(({ config }) => config.tag))
  return [...used].sort().map((name) => ({ name, description: tags[name] ?? name }))
}

function operationObject(config: OperationConfig, schemas: SchemaCollector): JsonObject {
  const responses: JsonObject = {}
  for (const [status, response] of Object.entries(config.responses))
    responses[status] = responseObject(response, schemas)
  for (const status of problemStatuses(config))
    responses[status] ??= { $ref: `#/components/responses/Problem${status}` }
  return {
    operationId: config.id,
    tags: [config.tag],
    summary: config.summary,
    description: config.description,
    security: config.scope === 'public' || config.scope === 'signed' ? [] : [{ oauth: [config.scope] }],
    parameters: parametersOf(config, schemas),
    ...(config.body === undefined ? {} : { requestBody: requestBody(config.body, schemas) }),
    responses,
  }
}

function parametersOf(config: OperationConfig, schemas: SchemaCollector): Json[] {
  const headers = Object.entries(config.headers ?? {}).map(
    ([name, { description, example, required = false }]) => ({
      name,
      in: 'header',
      required,
      description,
      schema: { type: 'string' },
      example,
    }),
  )
  return [
    ...parametersIn('path', config.params, schemas),
    ...parametersIn('query', config.query, schemas),
    ...headers,
    { $ref: '#/components/parameters/Traceparent' },
  ]
}

function parametersIn(
  place: 'path' | 'query',
  schema: z.ZodType | undefined,
  schemas: SchemaCollector,
): JsonObject[] {
  if (schema === undefined) return []
  const { properties, required } = schemas.add(schema, 'input') as {
    properties?: JsonObject
    required?: Json[]
  }
  return Object.entries(properties ?? {}).map(([name, property]) => {
    const { description, examples, ...rest } = property as JsonObject
    const example = Array.isArray(examples) ? examples[0] : undefined
    return {
      name,
      in: place,
      required: place === 'path' || (required?.includes(name) ?? false),
      description: description ?? name,
      schema: rest,
      ...(example === undefined ? {} : { example }),
    }
  })
}

function requestBody(body: NonNullable<OperationConfig['body']>, schemas: SchemaCollector): JsonObject {
  const media = { schema: schemas.add(body.schema, 'input'), example: body.example as Json }
  const types = ['application/json', ...(body.mediaTypes ?? [])]
  const contents = Object.entries(body.contents ?? {}).map(([type, { schema, example }]) => [
    type,
    { schema: schemas.add(schema, 'input'), example: example as Json },
  ])
  const content = body.contents === undefined ? types.map((type) => [type, media]) : contents
  return { required: true, content: Object.fromEntries(content) }
}

function responseObject(
  response: OperationConfig['responses'][number],
  schemas: SchemaCollector,
): JsonObject {
  const { description, schema, example, mediaType, otherTypes = [], otherExamples = {}, headers } = response
  const json =
    schema === undefined || schema._zod.def.type === 'undefined' ? undefined : schemas.add(schema, 'output')
  const type = mediaType ?? 'application/json'
  const content = json ?? (mediaType === undefined ? undefined : { type: 'string' })
  return {
    description,
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [
              name,
              { description: text, schema: { type: 'string' } },
            ]),
          ),
        }),
    ...(content === undefined
      ? {}
      : {
          content: {
            [type]: { schema: content, ...(example === undefined ? {} : { example: example as Json }) },
            ...Object.fromEntries(
              otherTypes.map((other) => [
                other,
                other in otherExamples
                  ? { schema: { type: 'object' }, example: otherExamples[other] as Json }
                  : { schema: { type: 'string' } },
              ]),
            ),
          },
        }),
  }
}

/** The ways in which an operation can be refused, as they follow from what it takes and demands. */
function problemStatuses(config: OperationConfig): number[] {
  const statuses = new Set([400, 429, 500, 503, ...(config.problems ?? [])])
  if (config.scope === 'signed') statuses.add(401)
  else if (config.scope !== 'public') statuses.add(401).add(403)
  if (config.params) statuses.add(404)
  if (config.query) statuses.add(422)
  if (config.body) statuses.add(413).add(415).add(422)
  return [...statuses].sort((a, b) => a - b)
}

function problemResponse(status: number, schema: JsonObject): JsonObject {
  const codes = Object.entries(problemKinds).filter(([, kind]) => kind.status === status)
  const [code, kind] = codes[0] ?? ['internal', problemKinds.internal]
  const example = {
    type: `urn:liggare:problem:${code}`,
    title: kind.sv,
    status,
    instance: 'urn:uuid:0198c5a0-0000-7000-8000-000000000001',
    code,
    ...(status === 422 ? { violations: [{ pointer: '/occurredAt', reason: 'is required (string)' }] } : {}),
  }
  const list = codes.map(([name, { sv, en }]) => `\`${name}\` ${sv} / ${en}`).join('; ')
  return {
    description: list === '' ? 'Fel / error' : list,
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { description: 'Sekunder / seconds', schema: { type: 'integer' } } } }
      : {}),
    content: { [problemMediaType]: { schema, example } },
  }
}
