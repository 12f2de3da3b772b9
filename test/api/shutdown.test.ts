import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { operation } from '../../services/api/operation.ts'
import type { Api } from '../../services/api/types.ts'
import { testApp } from './support/test-app.ts'

test('while it shuts down, what was begun is answered and what comes then is a 503 problem', async () => {
  const entered = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const slow = (api: Api): void => {
    api.get(
      '/slow',
      operation({
        id: 'probeSlow',
        tag: 'probe',
        summary: 's',
        description: 'd',
        scope: 'public',
        responses: {
          200: { description: 'ok', schema: z.strictObject({ done: z.boolean() }), example: { done: true } },
        },
      }),
      async () => {
        entered.resolve()
        await release.promise
        return { done: true }
      },
    )
  }
  const { app } = await testApp({ modules: [slow] })
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  let answers = ''
  socket.on('data', (chunk) => {
    answers += chunk
  })
  socket.write('GET /liggare/v1/slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await entered.promise
  const closed = app.close()
  socket.write('GET /liggare/v1/slow HTTP/1.1\r\nHost: x\r\n\r\n')
  setTimeout(() => release.resolve(), 50)
  await once(socket, 'close')
  await closed
  expect(answers).toMatch(
    /^HTTP\/1\.1 200 OK[\s\S]*\{"done":true\}HTTP\/1\.1 503 [\s\S]*"code":"shutting-down"/,
  )
})
