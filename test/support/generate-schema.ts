import { readFileSync, writeFileSync } from 'node:fs'
import { formatSafeguards, safeguardsOf } from '../../services/ledger/verify-safeguards.ts'
import { describeSchema } from './describe-schema.ts'
import { startTestServer } from './server.ts'
import { buildTemplate, connected, dropPair, urlOf } from './template.ts'

const golden = new URL('../../migrations/schema.sql', import.meta.url)
const safeguards = new URL('../../migrations/safeguards.sha256', import.meta.url)
const heading = `-- Generated from migrations/ by \`npm run generate\`: what they add up to, for reading and for reviewing differences.
-- Nothing runs this file.
`

/** What `migrations/` make of two empty databases: for people, and as the digests that `verify` compares with. */
async function currentSchema(): Promise<{ schema: string; digests: string }> {
  const server = await startTestServer()
  try {
    const pair = await buildTemplate(server.adminUrl)
    const describe = (kind: 'ledger' | 'keyring') =>
      connected(urlOf(server.adminUrl, pair[kind]), (client) => describeSchema(client, kind))
    const schema = [heading, await describe('ledger'), await describe('keyring')].join('\n')
    const digest = (kind: 'ledger' | 'keyring') =>
      connected(urlOf(server.adminUrl, pair[kind]), async (client) =>
        formatSafeguards(kind, await safeguardsOf(client)),
      )
    const digests = (await digest('ledger')) + (await digest('keyring'))
    await dropPair(server.adminUrl, pair)
    return { schema, digests }
  } finally {
    await server.stop()
  }
}

const { schema, digests } = await currentSchema()
if (process.argv.includes('--write')) {
  writeFileSync(golden, schema)
  writeFileSync(safeguards, digests)
} else if (schema !== readFileSync(golden, 'utf8') || digests !== readFileSync(safeguards, 'utf8')) {
  process.stderr.write(
    'migrations/schema.sql and safeguards.sha256 are not what the migrations make: run npm run generate\n',
  )
  process.exitCode = 1
}
