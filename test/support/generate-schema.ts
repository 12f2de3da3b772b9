import { readFileSync, writeFileSync } from 'node:fs'
import { describeSchema } from './describe-schema.ts'
import { startTestServer } from './server.ts'
import { buildTemplate, connected, dropPair, urlOf } from './template.ts'

const golden = new URL('../../migrations/schema.sql', import.meta.url)
const heading = `-- Generated from migrations/ by \`npm run generate\`: what they add up to, for reading and for reviewing differences.
-- Nothing runs this file.
`

/** What `migrations/` make of two empty databases. */
async function currentSchema(): Promise<string> {
  const server = await startTestServer()
  try {
    const pair = await buildTemplate(server.adminUrl)
    const describe = (kind: 'ledger' | 'keyring') =>
      connected(urlOf(server.adminUrl, pair[kind]), (client) => describeSchema(client, kind))
    const text = [heading, await describe('ledger'), await describe('keyring')].join('\n')
    await dropPair(server.adminUrl, pair)
    return text
  } finally {
    await server.stop()
  }
}

const schema = await currentSchema()
if (process.argv.includes('--write')) {
  writeFileSync(golden, schema)
} else if (schema !== readFileSync(golden, 'utf8')) {
  process.stderr.write('migrations/schema.sql is not what the migrations make: run npm run generate\n')
  process.exitCode = 1
}
