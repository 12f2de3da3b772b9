import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { children, type Der, readDer, tags } from '../../services/ledger/tree/der.ts'
import { sha256 } from '../../services/ledger/tree/hash.ts'
import { openSignedData } from '../../services/ledger/tree/signed-data.ts'
import {
  type TimestampExpectation,
  timestampRequest,
  verifyTimestamp,
} from '../../services/ledger/tree/timestamp.ts'
import { certify, type LocalTsa, makeTsa, restamp, stamp } from './tree-tsa.ts'

const digest = sha256(Buffer.from('a checkpoint'))
const nonce = randomBytes(8).readBigUInt64BE()

describe.each(['rsa', 'ec'] as const)('with an authority that signs by %s', (kind) => {
  let tsa: LocalTsa
  let response: Buffer
  let expected: TimestampExpectation
  const certificate = async (file: string) => new X509Certificate(await readFile(join(tsa.folder, file)))

  beforeAll(async () => {
    tsa = await makeTsa(await mkdtemp(join(tmpdir(), 'liggare-tsa-')), kind)
    response = await stamp(tsa, timestampRequest(digest, nonce))
    expected = { digest, nonce, authorities: [await certificate('ca.pem')] }
  })
  afterAll(() => rm(tsa.folder, { recursive: true }))

  test('a stamp for our request tells the time, also when the request is long gone', () => {
    const stamped = verifyTimestamp(response, expected)
    expect(Math.abs(stamped.time.getTime() - Date.now())).toBeLessThan(120_000)
    expect(stamped).toMatchObject({ policy: '1.2.3.4.1', serial: 2n })
    expect(verifyTimestamp(response, { ...expected, nonce: null })).toEqual(stamped)
  })

  test('the authority may be configured by its own certificate instead of its CA', async () => {
    const authorities = [await certificate('tsa.pem')]
    expect(verifyTimestamp(response, { ...expected, authorities }).policy).toBe('1.2.3.4.1')
  })

  test('a stamp of other content, for another request or by a stranger is refused', async () => {
    const other = { ...expected, digest: sha256(Buffer.from('another checkpoint')) }
    expect(() => verifyTimestamp(response, other)).toThrow('covers something else')
    expect(() => verifyTimestamp(response, { ...expected, nonce: nonce ^ 1n })).toThrow('another request')
    const strangers = { ...expected, authorities: [await certificate('other-ca.pem')] }
    expect(() => verifyTimestamp(response, strangers)).toThrow('not of a configured authority')
    expect(() => verifyTimestamp(response, { ...expected, authorities: [] })).toThrow(
      'not of a configured authority',
    )
  })

  test('a signer whose certificate is for another purpose, or had expired by then, does not stamp', async () => {
    const [, token] = children(readDer(response), tags.sequence)
    const { content } = openSignedData(token as Der, '1.2.840.113549.1.9.16.1.4', [])
    expect(verifyTimestamp(await restamp(tsa, content, 'tsa.pem'), expected)).toEqual(
      verifyTimestamp(response, expected),
    )
    await certify(tsa.folder, 'server.pem', 'other')
    const byServer = await restamp(tsa, content, 'server.pem')
    expect(() => verifyTimestamp(byServer, expected)).toThrow('not made for time stamping')
    await certify(tsa.folder, 'expired.pem', 'stamper', -1)
    const expired = await restamp(tsa, content, 'expired.pem')
    expect(() => verifyTimestamp(expired, expected)).toThrow('not valid at that time')
    expect(() => openSignedData(token as Der, '1.2.840.113549.1.7.1', [])).toThrow('another kind of content')
  })

  test('what the authority rejects is no stamp', async () => {
    const rejected = await stamp(tsa, timestampRequest(digest.subarray(1), nonce))
    expect(() => verifyTimestamp(rejected, expected)).toThrow('status 2')
  })

  test('no changed byte makes a stamp of another time, and nothing that is cut or padded passes', () => {
    const { time } = verifyTimestamp(response, expected)
    for (let at = 0; at < response.length; at += 1) {
      const changed = Buffer.from(response)
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at)
      // What no signature covers (the status text, spare copies) may change; what was vouched for may not.
      expect(outcomeOf(changed)).toSatisfy(
        (outcome) => outcome === 'integrity-failed' || outcome === time.toISOString(),
      )
    }
    for (let length = 0; length < response.length; length += 1) {
      expect(outcomeOf(response.subarray(0, length))).toBe('integrity-failed')
    }
    expect(outcomeOf(Buffer.concat([response, Buffer.of(0)]))).toBe('integrity-failed')
  })

  function outcomeOf(bytes: Buffer): string {
    try {
      return verifyTimestamp(bytes, expected).time.toISOString()
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }
})

test('bytes that are no answer at all are refused in good order', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(() => verifyTimestamp(Buffer.from(bytes), { digest, nonce, authorities: [] })).toThrow(
        expect.objectContaining({ code: 'integrity-failed' }),
      )
    }),
  )
})
