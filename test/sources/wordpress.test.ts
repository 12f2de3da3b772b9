import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../../services/platform/errors.ts'
import type { Translated } from '../../services/sources/source.ts'
import { wordPressWebhook } from '../../services/sources/wordpress-webhook.ts'
import { checkWxr, wordPressWxr } from '../../services/sources/wordpress-wxr.ts'

const authored = new URL('../fixtures/authored/', import.meta.url)
const observedAt = '2026-04-01T10:00:00Z'

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function imported(xml: string | Uint8Array, size = 1000): Promise<Translated[]> {
  const bytes = typeof xml === 'string' ? Buffer.from(xml) : xml
  return Array.fromAsync(
    wordPressWxr.translate({ path: 'blogg.xml', bytes: cut(bytes, size), observedAt }, undefined),
  )
}

function delivered(body: string | Uint8Array): Translated[] {
  return [...wordPressWebhook.translate(typeof body === 'string' ? Buffer.from(body) : body, observedAt)]
}

function golden(name: string, found: unknown) {
  const at = new URL(name, authored)
  if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(at, `${JSON.stringify(found, null, 2)}\n`)
  expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(readFileSync(at, 'utf8')))
}

const fixture = (name: string) => readFileSync(new URL(name, authored))
const namespace = 'xmlns:wp="http://wordpress.org/export/1.2/"'
const wrap = (items: string) => `<rss ${namespace}><channel>${items}</channel></rss>`
const interactions = (items: readonly Translated[]) =>
  items.flatMap((it) => (it.kind === 'interaction' ? [it.interaction] : []))
const identities = (items: readonly Translated[]) =>
  [...new Set(interactions(items).map((it) => JSON.stringify([it.objectId, it.verb, it.occurredAt])))].sort()

test.each(readdirSync(new URL('wordpress-wxr/', authored)))(
  '%s gives the facts that are written beside it',
  async (name) => {
    golden(
      `wordpress-wxr.${name.replace('.xml', '.expected.json')}`,
      await imported(fixture(`wordpress-wxr/${name}`)),
    )
  },
)

test.each(readdirSync(new URL('wordpress-webhook/', authored)))(
  '%s gives the facts that are written beside it',
  (name) => {
    golden(
      `wordpress-webhook.${name.replace('.json', '.expected.json')}`,
      delivered(fixture(`wordpress-webhook/${name}`)),
    )
  },
)

test('however the file is cut, the facts are the same', async () => {
  const bytes = fixture('wordpress-wxr/blogg-1.2.xml')
  const whole = await imported(bytes, bytes.length)
  for (const size of [1, 7, 255]) expect(await imported(bytes, size)).toEqual(whole)
  expect(await checkWxr(cut(bytes, 100))).toEqual({ items: 4, comments: 4 })
})

test('a comment is the same fact rendered, stored and exported', async () => {
  const comment = (items: readonly Translated[]) =>
    interactions(items)
      .filter((it) => it.objectId === 'comment/101' && it.verb === 'commented')
      .map(({ objectId, occurredAt, text, inReplyTo }) => ({ objectId, occurredAt, text, inReplyTo }))[0]
  const view = comment(delivered(fixture('wordpress-webhook/comment.view.json')))
  expect(view).toMatchObject({
    occurredAt: '2026-03-05T10:00:00Z',
    text: 'Tack!\nVad bra & roligt.',
    inReplyTo: 'post/12',
  })
  expect(comment(delivered(fixture('wordpress-webhook/mixed.edit.json')))).toEqual(view)
  expect(comment(await imported(fixture('wordpress-wxr/blogg-1.2.xml')))).toEqual(view)
})

test('a wall clock without UTC is Swedish time, in summer as in winter', async () => {
  const item = (date: string) => `<item><wp:post_id>1</wp:post_id><wp:post_date>${date}</wp:post_date></item>`
  const times = interactions(
    await imported(
      wrap(item('2026-01-05 10:00:00') + item('2026-07-05 10:00:00') + item('2026-02-30 10:00:00')),
    ),
  )
  expect(times.map(({ occurredAt, basis }) => [occurredAt, basis])).toEqual([
    ['2026-01-05T10:00:00+01:00', 'occurred'],
    ['2026-07-05T10:00:00+02:00', 'occurred'],
    [observedAt, 'observed'],
  ])
})

test('another encoding is read as it is declared', async () => {
  const xml = `<?xml version="1.0" encoding="ISO-8859-1"?>${wrap('<item><title>Åäö</title><wp:post_id>1</wp:post_id></item>')}`
  expect(interactions(await imported(Buffer.from(xml, 'latin1')))[0]?.title).toBe('Åäö')
})

test.each([
  ['nothing', '', 'source-malformed', 1],
  ['text', 'hej', 'source-malformed', 1],
  ['HTML', '<html></html>', 'source-malformed', 1],
  ['a feed that is no export', '<rss><channel><item/></channel></rss>', 'source-malformed', 1],
  ['an unclosed element', `<rss ${namespace}>\n<channel>\n<item>`, 'source-malformed', 3],
  ['an unbound prefix', '<rss>\n<wp:a/></rss>', 'source-malformed', 2],
  ['the end of a CDATA section in text', wrap('\n\n<item>]]></item>'), 'source-malformed', 3],
  ['an unknown entity', wrap('\n<item>&nbsp;</item>'), 'source-malformed', 2],
  ['a control character', wrap('\n<item>\u0001</item>'), 'source-malformed', 2],
  [
    'an entity bomb',
    `<!DOCTYPE rss [<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;">]>${wrap('<item>&b;</item>')}`,
    'source-unsafe',
    2,
  ],
  ['a deep nest', wrap('<a>'.repeat(100)), 'source-unsafe', 1],
  ['an encoding nobody knows', `<?xml version="1.0" encoding="x-hemlig"?>${wrap('')}`, 'source-malformed', 1],
])('%s is refused with its line', async (_, xml, code, line) => {
  const refusal = { code, message: expect.stringContaining(`line ${line}, column `) }
  await expect(imported(xml, 5)).rejects.toMatchObject(refusal)
  await expect(checkWxr(cut(Buffer.from(xml), 5))).rejects.toMatchObject(refusal)
})

test('a refusal does not repeat what the file says', async () => {
  await expect(imported(wrap('<hemligt-namn></annat-namn>'))).rejects.toMatchObject({
    message: expect.not.stringContaining('namn'),
  })
})

test('bytes that are not UTF-8 are refused', async () => {
  await expect(imported(Buffer.from(wrap('<item>å</item>'), 'latin1'))).rejects.toMatchObject({
    code: 'source-malformed',
  })
})

test('a post of ten million characters is unrecognised, not lost', async () => {
  const [found] = await imported(
    wrap(`<item><wp:post_id>1</wp:post_id><title>${'a'.repeat(1e7)}</title></item>`),
    65_536,
  )
  expect(found).toMatchObject({ kind: 'unrecognised', reason: 'does not fit: title' })
})

test('avatar addresses, which are digests of the e-mail, stand in the sealed detail alone', () => {
  const [fact] = interactions(delivered(fixture('wordpress-webhook/comment.view.json')))
  const { native, ...rest } = fact ?? {}
  expect(JSON.stringify(rest)).not.toContain('gravatar')
  expect(native?.detail).toContain('gravatar')
})

test('shuffled and repeated, a batch says the same things', () => {
  const batch: unknown[] = JSON.parse(fixture('wordpress-webhook/mixed.edit.json').toString())
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

test('a body is signed over its raw bytes by a secret in force, or it is nobody’s', () => {
  const body = fixture('wordpress-webhook/comment.view.json')
  const hmac = (secret: string) => createHmac('sha256', secret).update(body)
  const by = (headers: Record<string, string>) =>
    wordPressWebhook.verify({ body, headers, receivedAt: observedAt }, [
      Buffer.from('ny'),
      Buffer.from('gammal'),
    ])
  expect(by({ 'x-hub-signature-256': `sha256=${hmac('gammal').digest('hex')}` })).toBe(true)
  expect(by({ 'x-wp-webhook-signature': hmac('ny').digest('base64') })).toBe(true)
  expect(by({ 'x-hub-signature-256': `sha256=${hmac('fel').digest('hex')}` })).toBe(false)
  expect(by({})).toBe(false)
})

test.each(['', '5', 'null', '{', '"a"'])('the body %j is refused', (body) => {
  expect(() => delivered(body)).toThrow(expect.objectContaining({ code: 'source-malformed' }))
})

test('whatever a body or a file holds, nothing but a refusal is thrown', async () => {
  const entity = fc.dictionary(
    fc.constantFrom(
      'id',
      'post',
      'parent',
      'title',
      'content',
      'date',
      'date_gmt',
      'status',
      'event',
      'comment',
      'deleted',
      'previous',
      'type',
      'meta',
    ),
    fc.jsonValue({ maxDepth: 3 }),
  )
  const allowed = (error: unknown) => expect(error).toBeInstanceOf(DomainError)
  fc.assert(
    fc.property(entity, entity, (outer, inner) => {
      try {
        delivered(
          JSON.stringify([
            outer,
            { event: 'comment_approved', comment: inner },
            { deleted: true, previous: inner },
          ]),
        )
      } catch (error) {
        allowed(error)
      }
    }),
    { numRuns: 300 },
  )
  const file = fixture('wordpress-wxr/blogg-1.2.xml')
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
      const damaged = Buffer.from(file)
      damaged[at] = byte
      await imported(damaged, 4096).catch(allowed)
    }),
    { numRuns: 100 },
  )
})

test.each([500, 2000, 5000, 200_000])('a nest of %i levels is translated or refused', (levels) => {
  const body = `{"id":1,"post":2,"content":"a","meta":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`
  try {
    expect(delivered(body)[0]).toMatchObject({ kind: 'interaction' })
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError)
  }
})
