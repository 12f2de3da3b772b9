import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../../services/platform/errors.ts'
import { mastodonArchive } from '../../services/sources/mastodon-archive.ts'
import { mastodonWebhook } from '../../services/sources/mastodon-webhook.ts'
import type { Account, ArchiveFile, Translated } from '../../services/sources/source.ts'

const authored = new URL('../fixtures/authored/', import.meta.url)
const observedAt = '2026-03-05T10:00:00Z'

function file(path: string): ArchiveFile {
  const bytes = readFileSync(new URL(`mastodon-archive/${path}`, authored))
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
  }
  return { path, bytes: chunks(), observedAt }
}

async function archive(path: string, account: Account | undefined): Promise<Translated[]> {
  return Array.fromAsync(mastodonArchive.translate(file(path), account))
}

function golden(name: string, found: unknown) {
  const at = new URL(name, authored)
  if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(at, `${JSON.stringify(found, null, 2)}\n`)
  expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(readFileSync(at, 'utf8')))
}

function delivered(body: string | Uint8Array): Translated[] {
  return [...mastodonWebhook.translate(typeof body === 'string' ? Buffer.from(body) : body, observedAt)]
}

const identities = (items: readonly Translated[]) =>
  [
    ...new Set(
      items.map((it) =>
        it.kind === 'interaction'
          ? JSON.stringify([it.interaction.objectId, it.interaction.verb, it.interaction.occurredAt])
          : JSON.stringify(it),
      ),
    ),
  ].sort()

test('an archive is told by its members', () => {
  expect(mastodonArchive.recognise(['actor.json', 'outbox.json', 'likes.json'])).toBe(true)
  expect(mastodonArchive.recognise(['data/tweets.js'])).toBe(false)
  expect(
    ['actor.json', 'outbox.json', 'media_attachments/files/1.png', 'avatar.png', 'ny.json'].map(
      mastodonArchive.role,
    ),
  ).toEqual(['account', 'facts', 'ignored', 'ignored', 'unknown'])
})

test('the archive of an account gives the facts that are written beside it', async () => {
  const account = await mastodonArchive.account?.(file('actor.json'))
  const found = { account, facts: [] as Translated[] }
  for (const path of ['outbox.json', 'likes.json', 'bookmarks.json'])
    found.facts.push(...(await archive(path, account)))
  golden('mastodon-archive.expected.json', found)
})

test.each(readdirSync(new URL('mastodon-webhook/', authored)))(
  '%s gives the facts that are written beside it',
  (name) => {
    golden(
      `mastodon-webhook.${name.replace('.json', '.expected.json')}`,
      delivered(readFileSync(new URL(`mastodon-webhook/${name}`, authored))),
    )
  },
)

test('an edit is the same fact by webhook and in the archive', async () => {
  const account = await mastodonArchive.account?.(file('actor.json'))
  const [hook] = delivered(readFileSync(new URL('mastodon-webhook/status.updated.json', authored)))
  const fromArchive = (await archive('outbox.json', account)).find(
    (it) => it.kind === 'interaction' && it.interaction.verb === 'edited',
  )
  const key = (it: Translated | undefined) =>
    it?.kind === 'interaction'
      ? [
          it.interaction.objectId,
          it.interaction.verb,
          Date.parse(it.interaction.occurredAt),
          it.interaction.persons?.[0]?.platformId,
        ]
      : []
  expect(key(hook)).toEqual(key(fromArchive))
})

test('shuffled and repeated, a batch says the same things', () => {
  const batch: unknown[] = JSON.parse(
    readFileSync(new URL('mastodon-webhook/statuses.polled.json', authored), 'utf8'),
  )
  const whole = identities(delivered(JSON.stringify(batch)))
  fc.assert(
    fc.property(
      fc.shuffledSubarray(batch, { minLength: batch.length }),
      fc.subarray(batch),
      (shuffled, again) => {
        expect(identities(delivered(JSON.stringify([...shuffled, ...again])))).toEqual(whole)
      },
    ),
  )
})

test('a body is signed by one of the secrets in force or it is nobody’s', () => {
  const body = Buffer.from('{"event":"status.created"}')
  const header = 'sha256=99c8721ff861eafde9ee5bcc6f11a93ce7a75366f692addd50576baeba6e46e9'
  const by = (signature: string, ...secrets: string[]) =>
    mastodonWebhook.verify(
      { body, headers: { 'x-hub-signature': signature }, receivedAt: observedAt },
      secrets.map((it) => Buffer.from(it)),
    )
  expect(by(header, 'new', 'whsecret')).toBe(true)
  expect(by(header, 'new')).toBe(false)
  expect(by(header.toUpperCase(), 'whsecret')).toBe(false)
})

test.each(['', '5', '"a"', '{', '\ufeff['])('the body %j is refused', (body) => {
  expect(() => delivered(body)).toThrow(expect.objectContaining({ code: 'source-malformed' }))
})

test('whatever a body holds, nothing but a refusal is thrown', () => {
  const entity = fc.dictionary(
    fc.constantFrom(
      'event',
      'object',
      'payload',
      'type',
      'account',
      'status',
      'created_at',
      'uri',
      'id',
      'reblog',
      'mentions',
      'content',
      'edited_at',
    ),
    fc.oneof(
      fc.constantFrom('status.created', 'report.created', 'account.updated', 'delete', 'favourite'),
      fc.jsonValue({ maxDepth: 3 }),
    ),
  )
  fc.assert(
    fc.property(entity, entity, (outer, inner) => {
      try {
        delivered(JSON.stringify({ ...outer, object: inner }))
        delivered(JSON.stringify([{ ...outer, status: inner, account: inner }]))
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError)
      }
    }),
    { numRuns: 500 },
  )
})

test.each([500, 2000, 5000, 200_000])('a nest of %i levels is translated or refused', (levels) => {
  const body = `{"id":"1","created_at":"2026-03-05T10:00:00Z","account":{},"content":"a","poll":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`
  try {
    expect(delivered(body)[0]).toMatchObject({ kind: 'interaction' })
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError)
  }
})
