import { readFileSync, writeFileSync } from 'node:fs'
import type pg from 'pg'
import { formatSafeguards, safeguardsOf } from '../../services/ledger/verify-safeguards.ts'
import { describeSchema } from './describe-schema.ts'
import { describeTables } from './describe-tables.ts'
import { startTestServer } from './server.ts'
import { buildTemplate, connected, dropPair, urlOf } from './template.ts'

const golden = new URL('../../migrations/schema.sql', import.meta.url)
const safeguards = new URL('../../migrations/safeguards.sha256', import.meta.url)
const tableTypes = new URL('../../services/db/tables.ts', import.meta.url)
const heading = `-- Generated from migrations/ by \`npm run generate\`: what they add up to, for reading and for reviewing differences.
-- Nothing runs this file.
`

/** What `migrations/` make of two empty databases: for people, as digests that `verify` compares with, and as types. */
async function generated(): Promise<(readonly [URL, string])[]> {
  const server = await startTestServer()
  try {
    const pair = await buildTemplate(server.adminUrl)
    const both = async (describe: (kind: 'ledger' | 'keyring', client: pg.Client) => Promise<string>) => {
      const on = (kind: 'ledger' | 'keyring') =>
        connected(urlOf(server.adminUrl, pair[kind]), (client) => describe(kind, client))
      return [await on('ledger'), await on('keyring')] as const
    }
    const schema = await both((kind, client) => describeSchema(client, kind))
    const digests = await both(async (kind, client) => formatSafeguards(kind, await safeguardsOf(client)))
    const types = await connected(urlOf(server.adminUrl, pair.ledger), describeTables)
    await dropPair(server.adminUrl, pair)
    return [
      [golden, [heading, ...schema].join('\n')],
      [safeguards, digests.join('')],
      [tableTypes, types],
    ]
  } finally {
    await server.stop()
  }
}

for (const [file, text] of await generated()) {
  if (process.argv.includes('--write')) writeFileSync(file, text)
  else if (text !== readFileSync(file, 'utf8')) {
    process.stderr.write(`${file.pathname} is not what the migrations make: run npm run generate\n`)
    process.exitCode = 1
  }
}
