import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'

const file = new URL('../../openapi/openapi.json', import.meta.url)

export function openapiCommand(program: Command): void {
  program
    .command('openapi')
    .description('the contract openapi/openapi.json, from the declared operations')
    .option('--write', 'write the file')
    .option('--check', 'fail if the file is not what would be written')
    .action(async (options: { write?: boolean; check?: boolean }) => {
      const { contractText } = await import('../api/contract.ts')
      const text = await contractText()
      if (options.write === true) {
        writeFileSync(file, text)
      } else if (options.check === true) {
        if (readFileSync(file, 'utf8') === text) return
        process.stderr.write('openapi/openapi.json is not up to date: run liggare openapi --write\n')
        process.exitCode = 1
      } else {
        process.stdout.write(text)
      }
    })
}
