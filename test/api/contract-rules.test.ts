import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { declaredOperations } from '../../services/api/contract.ts'
import { metaRoutes } from '../../services/api/meta-routes.ts'
import { documentOf } from '../../services/api/openapi.ts'
import type { JsonObject } from '../../services/api/openapi-schemas.ts'
import { probeRoutes } from './support/probe-routes.ts'

const ruleset = new URL('../../openapi/spectral.yaml', import.meta.url).pathname
const spectral = new URL('../../node_modules/.bin/spectral', import.meta.url).pathname
const directory = mkdtempSync(join(tmpdir(), 'liggare-contract-'))
const document = documentOf(await declaredOperations([metaRoutes, probeRoutes]))

/** The names of the rules that a document breaks. */
function broken(contract: JsonObject): Set<string> {
  const file = join(directory, 'openapi.json')
  writeFileSync(file, JSON.stringify(contract))
  let report: string
  try {
    report = execFileSync(spectral, ['lint', '--format=json', '--quiet', `--ruleset=${ruleset}`, file], {
      encoding: 'utf8',
    })
  } catch (error) {
    report = (error as { stdout: string }).stdout
  }
  return new Set((JSON.parse(report) as { code: string }[]).map(({ code }) => code))
}

test('a document made from declared operations breaks no rule', () => {
  expect([...broken(document)]).toEqual([])
})

test('each rule finds what it is for', () => {
  const rules = [...readFileSync(ruleset, 'utf8').matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name)
  const found = broken(damaged())
  expect(rules.length).toBeGreaterThan(25)
  expect(rules.filter((rule) => rule !== undefined && !found.has(rule))).toEqual([])
})

/** A contract with something wrong for every rule. */
function damaged(): JsonObject {
  const copy = structuredClone(document) as unknown as Contract
  copy.openapi = '3.0.3'
  copy.info = { title: 'x', version: '1', description: 'Only in English' }
  copy.servers = [{ url: 'https://liggare.example.org' }]
  copy.components.securitySchemes['oauth'] = { type: 'http', scheme: 'basic' }
  delete copy.paths['/api-info']
  copy.paths['/Persons_2/{id2}/'] = {
    post: {
      security: [{ oauth: ['audit:read'] }],
      parameters: [
        { in: 'query', name: 'email', schema: { type: 'string' } },
        { in: 'path', name: 'id2', required: true, schema: { type: 'string' } },
        { in: 'query', name: 'limit', schema: { type: 'integer', default: 100 } },
        { in: 'query', name: 'page', schema: { type: 'integer', default: 0 } },
      ],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Damaged' } } } },
      responses: { '201': {}, '404': { description: 'x', content: { 'application/json': {} } } },
    },
    get: { responses: {} },
  }
  copy.components.schemas['Damaged'] = {
    type: 'object',
    properties: {
      first_name2: { type: 'string' },
      since: { type: 'string', format: 'date-time' },
      until: { type: 'string', format: 'date-time', examples: ['5 mars 2026'] },
    },
  }
  copy.components.schemas['Problem'] = { oneOf: [{ type: 'string' }] }
  copy.components.responses['Problem400'] = {
    description: 'x',
    content: { 'application/json': { schema: {} } },
  }
  return copy as unknown as JsonObject
}

type Contract = {
  openapi: string
  info: object
  servers: object[]
  paths: Record<string, object>
  components: Record<'schemas' | 'responses' | 'securitySchemes', Record<string, object>>
}
