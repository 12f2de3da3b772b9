import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digestsOf } from '../../services/ledger/digests.ts'
import { entryOf, writeHeader } from '../../services/ledger/header.ts'
import { openPart, sealPart, unwrapKey, wrapKey } from '../../services/ledger/seal.ts'
import { canonicalJson, type JsonObject } from '../../services/platform/json.ts'

// These bytes stand in logs that must verify for as long as there are archives. They never change; a new version gets
// new labels and new vectors beside these.

const address = {
  controller: 7,
  eventId: '0198c5a0-0000-7000-8000-000000000001',
  ordinal: 2,
  subjectId: '2f6f0d4e-6f4b-4a0e-9d3b-0c5a52f0a001',
  category: 'content',
}
const header = {
  controller: 'kommunstyrelsen',
  eventId: address.eventId,
  streamId: '0198c5a0-0000-7000-8000-000000000002',
  type: 'interaction.commented',
  channelId: '0198c5a0-0000-7000-8000-000000000003',
  threadId: '0198c5a0-0000-7000-8000-000000000004',
  occurredOn: '2026-03-05',
  recordedAt: '2026-03-05T09:15:01.000Z',
  data: '{"basis":"occurred","precision":"second"}',
  parts: [{ subjectId: address.subjectId, role: 'author', category: 'content', digest: Buffer.alloc(32, 1) }],
}

it('writes header version 1 to these bytes, and this entry of it', () => {
  const text = writeHeader(header, Buffer.alloc(16, 9))
  expect(text).toBe(
    '{"channel":"0198c5a0-0000-7000-8000-000000000003","controller":"kommunstyrelsen","data":{"basis":"occurred","precision":"second"},"id":"0198c5a0-0000-7000-8000-000000000001","occurredOn":"2026-03-05","parts":[{"category":"content","digest":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","ordinal":0,"role":"author","subject":"2f6f0d4e-6f4b-4a0e-9d3b-0c5a52f0a001"}],"recordedAt":"2026-03-05T09:15:01.000Z","salt":"CQkJCQkJCQkJCQkJCQkJCQ","stream":"0198c5a0-0000-7000-8000-000000000002","thread":"0198c5a0-0000-7000-8000-000000000004","type":"interaction.commented","v":1}',
  )
  expect(entryOf(text).toString('hex')).toBe(
    'a5d95d8cf5ceac05f005dabf260ecfacdf4e2558ab16533387ae5078b6945df6',
  )
})

it('writes every header in canonical form (RFC 8785), as a foreign canonicaliser has it', () => {
  const name = fc.stringMatching(/^[a-z]{1,12}$/)
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      fc.option(fc.uuid()),
      fc.array(name, { maxLength: 3 }),
      (data, thread, roles) => {
        const text = writeHeader({
          ...header,
          threadId: thread,
          data: canonicalJson(data as JsonObject),
          parts: roles.map((role) => ({
            subjectId: address.subjectId,
            role,
            category: 'identity',
            digest: Buffer.alloc(32, 2),
          })),
        })
        expect(canonicalize(JSON.parse(text))).toBe(text)
      },
    ),
  )
})

it('opens what version 1 sealed', () => {
  const ciphertext = Buffer.from(
    '7eb21514eb17d5cbe243e9c4dd1938fa5487e6dc61686903ba2edcf56a7e567dd41ebcc2a95de6a99b',
    'hex',
  )
  const commitment = Buffer.from('a8e1c25a0bf3925f407a3a3c591c0b13e22c9b816e4bf1016d38bc40df96ea87', 'hex')
  const opened = openPart(address, Buffer.alloc(32, 3), Buffer.alloc(32, 4), { ciphertext, commitment })
  expect(opened.toString()).toBe('Å, ä och ö')
})

it('opens a part with its own key at its own address only', () => {
  const key = Buffer.alloc(32, 3)
  const secret = Buffer.alloc(32, 4)
  const sealed = sealPart(address, key, secret, Buffer.from('text'))
  expect(openPart(address, key, secret, sealed).toString()).toBe('text')
  const wrong = [
    () => openPart({ ...address, controller: 8 }, key, secret, sealed),
    () => openPart({ ...address, ordinal: 3 }, key, secret, sealed),
    () => openPart({ ...address, category: 'identity' }, key, secret, sealed),
    () => openPart({ ...address, subjectId: address.eventId }, key, secret, sealed),
    () => openPart({ ...address, eventId: address.subjectId }, key, secret, sealed),
    () => openPart(address, Buffer.alloc(32, 5), secret, sealed),
    () => openPart(address, key, Buffer.alloc(32, 5), sealed),
    () => openPart(address, key, secret, { ...sealed, commitment: Buffer.alloc(32) }),
  ]
  for (const open of wrong) expect(open).toThrow(expect.objectContaining({ code: 'integrity-failed' }))
})

it('refuses a ciphertext with any byte changed', () => {
  const key = Buffer.alloc(32, 3)
  const secret = Buffer.alloc(32, 4)
  const sealed = sealPart(address, key, secret, Buffer.from('kort'))
  for (let at = 0; at < sealed.ciphertext.length; at += 1) {
    const ciphertext = Buffer.from(sealed.ciphertext)
    ciphertext.writeUInt8(ciphertext.readUInt8(at) ^ 1, at)
    expect(() => openPart(address, key, secret, { ...sealed, ciphertext })).toThrow(
      expect.objectContaining({ code: 'integrity-failed' }),
    )
  }
})

it('unwraps a key in its own place only', () => {
  const wrapped = wrapKey(Buffer.alloc(32, 1), Buffer.alloc(64, 2), 'record/1/a/1')
  expect(unwrapKey(Buffer.alloc(32, 1), wrapped, 'record/1/a/1')).toEqual(Buffer.alloc(64, 2))
  for (const [key, context] of [
    [Buffer.alloc(32, 9), 'record/1/a/1'],
    [Buffer.alloc(32, 1), 'record/1/b/1'],
  ] as const) {
    expect(() => unwrapKey(key, wrapped, context)).toThrow(expect.objectContaining({ code: 'key-mismatch' }))
  }
})

it('gives each purpose and each controller digests of its own', () => {
  const provider = { derive: (label: string) => Buffer.from(label.padEnd(32, '.')) } as Parameters<
    typeof digestsOf
  >[0]
  const [one, two] = [digestsOf(provider, 1), digestsOf(provider, 2)]
  const all = [
    one.fact('x'),
    one.content('x'),
    one.find('x'),
    one.tombstone(Buffer.from('x')),
    two.fact('x'),
    two.find('x'),
  ]
  expect(new Set(all.map((digest) => digest.toString('hex'))).size).toBe(6)
  expect(one.fact('x')).toEqual(one.fact('x'))
})
