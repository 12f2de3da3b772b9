import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hmacSha256 } from '../../services/ledger/hmac.ts'

it('is HMAC-SHA-256 as the platform computes it, of bytes and of texts', () => {
  const key = fc.uint8Array({ minLength: 0, maxLength: 64 })
  fc.assert(
    fc.property(
      key,
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }),
      (secret, bytes, text) => {
        const mac = hmacSha256(secret)
        expect(mac(bytes)).toEqual(createHmac('sha256', secret).update(bytes).digest())
        expect(mac(text)).toEqual(createHmac('sha256', secret).update(text).digest())
      },
    ),
  )
})
