#!/usr/bin/env node
import { Command } from 'commander'
import { answerCommand } from './commands/answer.ts'
import { auditCommand } from './commands/audit.ts'
import { backupCommands } from './commands/backup.ts'
import { checkpointCommand } from './commands/checkpoint.ts'
import { controllersCommand } from './commands/controllers.ts'
import { demoCommand } from './commands/demo.ts'
import { drillCommand } from './commands/drill.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { openapiCommand } from './commands/openapi.ts'
import { purgeCommand, sweepCommand } from './commands/purge.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { registerCommand } from './commands/register.ts'
import { deliveryCommands } from './commands/remap.ts'
import { rulesCommand, tagCommand } from './commands/rules.ts'
import { migrateCommand, serveCommands } from './commands/serve.ts'
import { tokenCommand } from './commands/token.ts'
import { triggerCommand } from './commands/trigger.ts'
import { verifyCommand } from './commands/verify.ts'
import { DomainError } from './platform/errors.ts'

const program = new Command('liggare')
  .description(
    'Liggare: förteckning, gallring och registerutdrag för det offentligas sociala medier / the record of a public body’s social media',
  )
  .version('0.1.0')
  .showHelpAfterError('(--help tells how)')
  .addHelpText(
    'after',
    '\nExit codes: 0 done · 1 refused or failed · 2 wrong usage. Settings are environment variables: see README.md, "Configuration".',
  )

// Before the commands: each takes over what its parent has at its making.
program.exitOverride((error) => {
  process.exit(error.exitCode === 0 ? 0 : 2)
})

serveCommands(program)
migrateCommand(program)
tokenCommand(program)
controllersCommand(program)
registerCommand(program)
demoCommand(program)
importCommand(program)
deliveryCommands(program)
purgeCommand(program)
sweepCommand(program)
triggerCommand(program)
rulesCommand(program)
tagCommand(program)
backupCommands(program)
drillCommand(program)
keysCommand(program)
rebuildCommand(program)
verifyCommand(program)
auditCommand(program)
checkpointCommand(program)
answerCommand(program)
openapiCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof DomainError)) throw error
  process.stderr.write(`liggare: ${error.message}\n`)
  process.exitCode = 1
}
