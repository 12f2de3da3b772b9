import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { etagOf, expectedVersion } from '../../services/api/etag.ts'

const request = (header?: string) => ({ headers: { 'if-match': header } }) as unknown as FastifyRequest

test('a tag that was sent is read back', () => {
  expect([0, 1, 17].map((version) => expectedVersion(request(etagOf(version))))).toEqual([0, 1, 17])
  expect([expectedVersion(request()), expectedVersion(request('*'))]).toEqual([undefined, 'any'])
})

test.each(['1', 'W/"1"', '"1", "2"', '"-1"', '"01"', '"x"', ''])('%s is no tag of ours', (header) => {
  expect(() => expectedVersion(request(header))).toThrow(
    expect.objectContaining({ code: 'malformed-request' }),
  )
})
