import type { TestProject } from 'vitest/node'
import { startTestServer } from './server.ts'
import { buildTemplate, type DatabasePair, dropPair } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    database: {
      readonly adminUrl: string
      readonly template: DatabasePair
      readonly dataDir?: string | undefined
    }
  }
}

/** Once per run: one server, one migrated template, which each test file clones. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  try {
    const template = await buildTemplate(server.adminUrl)
    project.provide('database', { adminUrl: server.adminUrl, template, dataDir: server.dataDir })
    return async () => {
      await dropPair(server.adminUrl, template)
      await server.stop()
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
