import type { Reporter, TestModule } from 'vitest/node'

/** Fails a run in which two tests of a file say the same: one of them does not say what it proves. */
export function uniqueNames(): Reporter {
  const twice: string[] = []
  return {
    onTestModuleCollected(module: TestModule) {
      const seen = new Set<string>()
      for (const { fullName } of module.children.allTests()) {
        if (seen.has(fullName)) twice.push(`${module.relativeModuleId}: ${fullName}`)
        seen.add(fullName)
      }
    },
    onTestRunEnd() {
      if (twice.length === 0) return
      process.stderr.write(`Test names that occur twice:\n${twice.join('\n')}\n`)
      process.exitCode = 1
    },
  }
}
