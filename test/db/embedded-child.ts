import { startEmbedded } from '../../services/db/embedded.ts'

// A process of its own for the tests to kill: starts the database, says where, and stays.
const [dataDir = ''] = process.argv.slice(2)
const log = { info: () => {}, warn: () => {}, fatal: () => {} }
const server = await startEmbedded({ dataDir, log })
process.on('SIGINT', () => process.stdout.write('interrupted\n'))
process.on('SIGTERM', () => server.stop().then(() => process.exit()))
process.stdout.write(`${server.ledgerUrl}\n`)
setInterval(() => {}, 60_000)
