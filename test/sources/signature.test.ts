import { describe, expect, test } from 'vitest'
import { facebookWebhook } from '../../services/sources/facebook-webhook.ts'
import { instagramWebhook } from '../../services/sources/instagram-webhook.ts'
import { linkedInWebhook } from '../../services/sources/linkedin-webhook.ts'
import {
  hubSignature,
  isSigned,
  linkedInSignature,
  metaLegacySignature,
  metaSignature,
  type SignatureScheme,
  sign,
  xSignature,
} from '../../services/sources/signature.ts'
import { authored, observedAt } from '../support/translate.ts'

type Vector = {
  platform: string
  secret: string
  body?: string
  expect?: string
  mustNotEqual?: string
  computed?: string
  crc_token?: string
  challengeCode?: string
  expectJson?: unknown
}
const { vectors } = JSON.parse(authored('signature-vectors.json').toString()) as { vectors: Vector[] }
const schemes: Record<string, SignatureScheme> = {
  meta: metaSignature,
  'meta-legacy': metaLegacySignature,
  x: xSignature,
  linkedin: linkedInSignature,
  mastodon: hubSignature,
}

function delivery(scheme: SignatureScheme, body: string | Uint8Array, header: string | undefined) {
  return { body: Buffer.from(body), headers: { [scheme.header]: header }, receivedAt: observedAt }
}

function verifies(
  scheme: SignatureScheme,
  body: string,
  header: string | undefined,
  ...secrets: string[]
): boolean {
  const keys = secrets.map((secret) => Buffer.from(secret))
  return isSigned(scheme, delivery(scheme, body, header), keys)
}

describe('signature vectors', () => {
  const signed = vectors.filter(({ body }) => body !== undefined)

  test('there are six with a body and two challenges', () => {
    expect([signed.length, vectors.length]).toEqual([6, 8])
  })

  test.each(signed.map((vector, index) => ({ ...vector, index })))('$index $platform holds', (vector) => {
    const scheme = schemes[vector.platform] as SignatureScheme
    const body = vector.body ?? ''
    expect(verifies(scheme, body, vector.expect ?? vector.computed, vector.secret)).toBe(true)
    if (vector.mustNotEqual !== undefined)
      expect(verifies(scheme, body, vector.mustNotEqual, vector.secret)).toBe(false)
  })

  test('the CRC answer of X can be computed', () => {
    const crc = vectors.find(({ platform }) => platform === 'x-crc') as Vector
    const answer = `sha256=${sign(xSignature, Buffer.from(crc.secret), crc.crc_token ?? '')}`
    expect({ response_token: answer }).toEqual(crc.expectJson)
  })

  test("LinkedIn's challenge is answered", () => {
    const vector = vectors.find(({ platform }) => platform === 'linkedin-challenge') as Vector
    const answer = linkedInWebhook.challenge?.(
      { challengeCode: vector.challengeCode },
      { signing: [Buffer.from(vector.secret)] },
    )
    expect(JSON.parse(answer?.body ?? '')).toEqual(vector.expectJson)
    expect(linkedInWebhook.challenge?.({}, { signing: [Buffer.from('x')] })).toBeUndefined()
  })
})

describe('a signature', () => {
  const body = '{"object":"page"}'
  const good = `sha256=${sign(metaSignature, Buffer.from('new'), body)}`

  test('is taken under either of two secrets in force, not under a third', () => {
    expect(verifies(metaSignature, body, good, 'new', 'old')).toBe(true)
    expect(verifies(metaSignature, body, good, 'newest', 'new')).toBe(true)
    expect(verifies(metaSignature, body, good, 'newest', 'newer')).toBe(false)
  })

  test('is refused when missing, cut, of another prefix, of another body, or without a secret', () => {
    expect(verifies(metaSignature, body, undefined, 'new')).toBe(false)
    expect(verifies(metaSignature, body, '', 'new')).toBe(false)
    expect(verifies(metaSignature, body, good.slice(0, -1), 'new')).toBe(false)
    expect(verifies(metaSignature, body, good.replace('sha256=', 'sha1='), 'new')).toBe(false)
    expect(verifies(metaSignature, `${body} `, good, 'new')).toBe(false)
    expect(verifies(metaSignature, body, good)).toBe(false)
    const empty = `sha256=${sign(metaSignature, Buffer.alloc(0), body)}`
    expect(verifies(metaSignature, body, empty, '')).toBe(false)
  })

  test('in the old header does not help where the new one is wrong', () => {
    const secret = Buffer.from('new')
    const old = `sha1=${sign(metaLegacySignature, secret, body)}`
    const headers = { 'x-hub-signature': old }
    const of = (more: object) => ({
      body: Buffer.from(body),
      headers: { ...headers, ...more },
      receivedAt: observedAt,
    })
    for (const source of [facebookWebhook, instagramWebhook]) {
      expect(source.verify(of({}), [secret])).toBe(true)
      expect(source.verify(of({ 'x-hub-signature-256': 'sha256=00' }), [secret])).toBe(false)
      expect(source.verify(of({ 'x-hub-signature-256': good }), [secret])).toBe(true)
    }
  })
})

describe("Meta's subscription", () => {
  const secrets = { signing: [], verifyToken: 'avtalat' }
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'avtalat' }

  test('is confirmed with the challenge as plain text', () => {
    const answer = facebookWebhook.challenge?.(query, secrets)
    expect(answer).toEqual({ status: 200, contentType: 'text/plain', body: '1158201444' })
  })

  test('is refused with another token, without one agreed, and with markup as challenge', () => {
    const status = (more: object, agreed: object = secrets) =>
      facebookWebhook.challenge?.({ ...query, ...more }, agreed as typeof secrets)?.status
    expect(status({ 'hub.verify_token': 'gissat' })).toBe(403)
    expect(status({ 'hub.verify_token': '' }, { signing: [] })).toBe(403)
    expect(status({ 'hub.challenge': '<script>' })).toBe(403)
    expect(facebookWebhook.challenge?.({}, secrets)).toBeUndefined()
  })
})
