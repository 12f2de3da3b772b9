import { defineConfig } from 'vitest/config'
import { uniqueNames } from './test/support/unique-names.ts'

// Where to write the results for machines, beside what people read.
const report = process.env['TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', uniqueNames(), ...(report ? ['json' as const] : [])],
    ...(report && { outputFile: { json: report } }),
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers: the suite shares two cores with the PostgreSQL server it tests against.
    maxWorkers: 2,
    env: { TZ: 'Europe/Stockholm' },
  },
})
