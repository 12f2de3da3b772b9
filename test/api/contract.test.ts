import { expect, test } from 'vitest'
import { z } from 'zod'
import { contractText, declaredOperations } from '../../services/api/contract.ts'
import { documentOf } from '../../services/api/openapi.ts'
import { operation } from '../../services/api/operation.ts'
import { routeModules } from '../../services/api/routes.ts'
import type { Api } from '../../services/api/types.ts'
import { testApp } from './support/test-app.ts'

const Leaf = z.strictObject({ word: z.string().meta({ example: 'x' }) }).meta({ id: 'TwinLeaf' })
const Same = z.strictObject({ leaf: Leaf }).meta({ id: 'TwinSame' })
const Differs = z
  .strictObject({ leaf: Leaf.optional(), count: z.int().default(1).meta({ example: 1 }) })
  .meta({ id: 'TwinDiffers' })
const OnlyRead = z
  .strictObject({ count: z.int().default(1).meta({ example: 1 }) })
  .meta({ id: 'TwinOnlyWritten' })

function twins(app: Api): void {
  const words = { tag: 'probe', summary: 's', description: 'd', scope: 'public' } as const
  const both = z.strictObject({ same: Same, differs: Differs })
  app.post(
    '/twins',
    operation({
      ...words,
      id: 'postTwins',
      body: { schema: z.strictObject({ same: Same, differs: Differs, read: OnlyRead }), example: {} },
      responses: { 200: { description: 'ok', schema: both, example: {} } },
    }),
    async (request) => request.body,
  )
}

test('what is written and read alike is one component, what differs is two, what is only written has the plain name', async () => {
  const document = documentOf(await declaredOperations([twins])) as {
    components: { schemas: Record<string, object> }
  }
  const names = Object.keys(document.components.schemas).filter((name) => name.startsWith('Twin'))
  expect(names).toEqual(['TwinDiffers', 'TwinDiffersInput', 'TwinLeaf', 'TwinOnlyWritten', 'TwinSame'])
  expect(document.components.schemas['TwinDiffersInput']).not.toHaveProperty('required')
  expect(document.components.schemas['TwinDiffers']).toHaveProperty('required', ['count'])
})

test('every reference of the contract leads somewhere', async () => {
  const text = await contractText()
  const document = JSON.parse(text) as Record<string, unknown>
  const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path]) => path ?? '')
  expect(references.length).toBeGreaterThan(5)
  for (const path of references) {
    let at: unknown = document
    for (const step of path.split('/')) at = (at as Record<string, unknown>)[step]
    expect(at, path).toBeDefined()
  }
})

test('the same operations give the same bytes', async () => {
  expect(await contractText()).toBe(await contractText())
})

const operations = await declaredOperations(routeModules)

test('every operation has a name of its own', () => {
  const names = operations.map(({ config }) => config.id)
  expect(new Set(names).size).toBe(names.length)
})

test.each(operations.map(({ config }) => [config.id, config] as const))(
  'the examples of %s fit their schemas',
  (_, config) => {
    if (config.body) expect(config.body.schema.safeParse(config.body.example).error?.issues).toBeUndefined()
    for (const { schema, example } of Object.values(config.responses)) {
      if (schema && example !== undefined) expect(schema.safeParse(example).error?.issues).toBeUndefined()
    }
  },
)

test('a route that is not declared as an operation is refused while the app is built', async () => {
  const undeclared = (app: Api): void => {
    app.get('/undeclared', async () => 'open to all')
  }
  await expect(testApp({ modules: [undeclared] })).rejects.toMatchObject({ code: 'misconfigured' })
})

test('the documentation is served with the contract of the running modules', async () => {
  const { app } = await testApp({ config: { docs: true } })
  const page = await app.inject({ url: '/docs' })
  const document = await app.inject({ url: '/docs/json' })
  await app.close()
  expect(page.statusCode).toBe(200)
  expect(Object.keys(document.json().paths)).toContain('/controllers/{controller}/interactions')
})
