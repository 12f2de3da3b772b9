import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archiveSource, archiveSources, webhookSource, webhookSources } from '../../services/sources/list.ts'

const authored = join(import.meta.dirname, '../fixtures/authored')
function paths(folder: string): string[] {
  return readdirSync(join(authored, folder), { recursive: true }).map(String)
}

describe('the list of platforms', () => {
  test('knows each webhook by a name of its own', () => {
    const names = webhookSources.map(({ platform }) => platform)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(webhookSource(name)?.platform).toBe(name)
    expect(webhookSource('constructor')).toBeUndefined()
  })

  test('gives no two mappers one name and version', () => {
    const mappers = [...webhookSources, ...archiveSources].map(({ mapper }) => mapper)
    expect(new Set(mappers).size).toBe(mappers.length)
    for (const mapper of mappers) expect(mapper).toMatch(/^[a-z0-9-]+\/v\d+$/)
  })

  test.each([
    ['facebook-dyi', 'facebook-export/v1'],
    ['facebook-export', 'facebook-export/v1'],
    ['instagram-export', 'instagram-export/v1'],
    ['linkedin-export', 'linkedin-export/v1'],
  ])('takes %s for what it is', (folder, mapper) => {
    expect(
      archiveSources.filter((source) => source.recognise(paths(folder))).map((source) => source.mapper),
    ).toEqual([mapper])
  })

  test('takes an X and a Mastodon archive for what they are', () => {
    expect(archiveSource(paths('x-archive'))?.platform).toBe('x')
    expect(archiveSource(paths('mastodon-archive'))?.platform).toBe('mastodon')
    expect(archiveSource(paths('x-archive'), 'facebook')).toBeUndefined()
    expect(archiveSource(['bilder/1.jpg'])).toBeUndefined()
  })
})
