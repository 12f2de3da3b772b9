import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { judgeAudit } from '../support/audit-judge.ts'

// What the image is made of, and what is known of it.

const checkout = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(checkout, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

it('pins every dependency to one version', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

it('lists in its SBOM each dependency with its digest, and says which are tools', () => {
  const [command = '', ...args] = (manifest.scripts['sbom'] ?? '').split(' ')
  const options = { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 26 } as const
  const sbom = JSON.parse(
    execFileSync(command, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as {
    bomFormat: string
    components: { name: string; version: string; hashes?: unknown[]; properties: { name: string }[] }[]
  }
  expect(sbom.bomFormat).toBe('CycloneDX')
  // Of one name there may be several versions.
  const tool = (name: string, version: string | undefined) =>
    sbom.components
      .find((it) => it.name === name && it.version === version)
      ?.properties.some((it) => it.name === 'cdx:npm:package:development')
  for (const [name, version] of Object.entries(manifest.dependencies))
    expect(tool(name, version), name).toBe(false)
  expect(tool('vitest', manifest.devDependencies['vitest'])).toBe(true)
  const direct = sbom.components.filter((it) => manifest.dependencies[it.name] === it.version)
  expect(direct.filter((it) => it.hashes === undefined).map((it) => it.name)).toEqual([])
})

it('puts the SBOM and where it comes from into the image', () => {
  const dockerfile = read('docker/Dockerfile')
  expect(dockerfile).toMatch(/npm run --silent sbom/)
  expect(dockerfile).toMatch(/COPY --from=dependencies \/app\/sbom\.json/)
  for (const label of ['title', 'licenses', 'version', 'revision', 'created', 'source'])
    expect(dockerfile).toContain(`org.opencontainers.image.${label}=`)
})

it('fails an audit for a grave weakness, tells a small one, and proves nothing where nobody answers', () => {
  const found = (severity: string) =>
    JSON.stringify({ vulnerabilities: { exempel: { severity, range: '<2.0.0' } } })
  expect(judgeAudit(found('critical'))).toEqual({
    sentence: 'Known weaknesses: exempel <2.0.0 (critical)',
    failed: true,
  })
  expect(judgeAudit(found('low')).failed).toBe(false)
  expect(judgeAudit('{"vulnerabilities":{}}').sentence).toMatch(/^No known weakness/)
  for (const none of ['', '{"message":"405 Method Not Allowed"}'])
    expect(judgeAudit(none)).toMatchObject({ sentence: expect.stringMatching(/^Not audited/), failed: false })
})
