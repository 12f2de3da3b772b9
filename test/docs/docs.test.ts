import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { problemKinds } from '../../services/api/problem-kinds.ts'
import { Verb } from '../../services/events/interaction.ts'
import { configKeys } from '../../services/platform/config-keys.ts'

const checkout = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(checkout, path), 'utf8')
const readme = read('README.md')
const house = read('services/README.md')
const sources = globSync('services/**/*.ts', { cwd: checkout }).map((path) => read(path))

/** Every match of the pattern's first group in the code. */
const inCode = (pattern: RegExp) => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] as string))),
]

/** Names that stand in neither document between backticks. */
const missing = (names: readonly string[]) =>
  names.filter((name) => !readme.includes(`\`${name}\``) && !house.includes(`\`${name}\``))

const declared = ['controller', 'channel', 'activity', 'rule'].map((kind) => `${kind}.declared`)

test('every event type is explained', () => {
  const appended = inCode(/\btype: '([a-z]+\.[a-z-]+)'/g)
  expect(appended.length).toBeGreaterThan(20)
  expect(missing([...appended, ...declared, ...Verb.options.map((verb) => `interaction.${verb}`)])).toEqual(
    [],
  )
})

test('every error code is explained', () => {
  expect(missing(Object.keys(problemKinds))).toEqual([])
})

test('every command is explained', () => {
  const commands = inCode(/\.command\('([a-z-]+)/g)
  expect(commands.length).toBeGreaterThan(8)
  expect(missing(commands)).toEqual([])
})

test('the table of settings is what the code reads', () => {
  const rows = readme.split('\n').filter((line) => /^\| `(DATABASE|KEYRING|LIGGARE)_/.test(line))
  expect(rows).toEqual(configKeys.map((it) => `| \`${it.key}\` | ${it.default} | ${it.meaning} |`))
})

test('each guarantee names where it is enforced and tests that are there', () => {
  const rows = readme.split('\n').filter((line) => /^\| G\d+ \|/.test(line))
  expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(
    Array.from({ length: 10 }, (_, index) => `G${index + 1}`),
  )
  for (const row of rows) {
    const [, , , enforced, proofs = ''] = row.split('|')
    expect(enforced?.trim()).not.toBe('')
    const tests = [...proofs.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1] as string)
    expect(tests.length, row).toBeGreaterThan(0)
    expect(tests.filter((path) => !existsSync(join(checkout, path)))).toEqual([])
  }
})

test('the front page keeps its length, and no link leads nowhere', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(300)
  for (const path of ['README.md', 'services/README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']) {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] as string)
    expect(links.filter((link) => !existsSync(join(checkout, dirname(path), link)))).toEqual([])
  }
})

test('paths that the documents name are there', () => {
  for (const text of [readme, house, read('CONTRIBUTING.md'), read('SECURITY.md')]) {
    const paths = [
      ...text.matchAll(/`((?:services|test|migrations|openapi|docker)\/[\w./-]+\.(?:ts|sql|json|yaml))`/g),
    ]
    expect(
      paths.map((match) => match[1] as string).filter((path) => !existsSync(join(checkout, path))),
    ).toEqual([])
  }
})
