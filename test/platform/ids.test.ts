import { expect, it } from 'vitest'
import { randomBytes, uuidv4, uuidv7 } from '../../services/platform/ids.ts'

it.each([1, 32, 16_384, 16_385, 100_000])('gives %d bytes that are random to the last', (size) => {
  const bytes = randomBytes(size)
  expect(bytes.length).toBe(size)
  // 20 draws of the last byte: all alike has a chance of one in 2^152.
  const last = new Set(Array.from({ length: 20 }, () => randomBytes(size).at(-1)))
  expect(last.size).toBeGreaterThan(1)
})

it('orders UUIDv7 by time and keeps UUIDv4 free of it', () => {
  expect(uuidv7(1_000) < uuidv7(2_000)).toBe(true)
  expect(uuidv7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidv4()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
