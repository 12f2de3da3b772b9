import { execFile } from 'node:child_process'
import { judgeAudit } from './audit-judge.ts'

// `npm run audit`: known weaknesses of what the image carries, where the registry answers. Ends with 1 if one is high or critical.

execFile('npm', ['audit', '--omit=dev', '--json'], { timeout: 120_000 }, (_error, stdout) => {
  const { sentence, failed } = judgeAudit(stdout)
  process.stdout.write(`${sentence}\n`)
  process.exitCode = failed ? 1 : 0
})
