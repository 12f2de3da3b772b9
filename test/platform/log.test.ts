import { DatabaseError } from 'pg'
import { expect, it } from 'vitest'
import { DomainError } from '../../services/platform/errors.ts'
import { createLogger, type Logger } from '../../services/platform/log.ts'

const planted = 'Sigrid Exempelsson'

function written(write: (log: Logger) => void): string {
  const lines: string[] = []
  write(createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } }))
  expect(lines).toHaveLength(1)
  return lines.join('')
}

function databaseError(): DatabaseError {
  const error = new DatabaseError(`invalid input syntax for type uuid: "${planted}"`, 1, 'error')
  return Object.assign(error, {
    code: '22P02',
    detail: `Key (name)=(${planted})`,
    where: planted,
    table: 'person',
    hint: planted,
  })
}

it('an error of the database is written by code and place, without the row it quotes', () => {
  const line = written((log) => log.error({ err: databaseError() }, 'failed'))
  expect(JSON.parse(line).err).toMatchObject({ name: 'error', code: '22P02', table: 'person' })
  expect(line).not.toContain(planted)
})

it('an error given bare, without words, does not bring its own', () => {
  expect(written((log) => log.error(databaseError()))).not.toContain(planted)
  expect(written((log) => log.error({ err: databaseError() }))).not.toContain(planted)
})

it('a parser that quotes the body is not quoted', () => {
  const line = written((log) => {
    try {
      JSON.parse(planted)
    } catch (error) {
      log.warn({ err: error, error })
    }
  })
  expect(JSON.parse(line).err).toMatchObject({
    name: 'SyntaxError',
    stack: expect.arrayContaining([expect.any(String)]),
  })
  expect(line).not.toContain('Sigrid')
})

it('causes and gathered errors are written the same way', () => {
  const cause = new AggregateError([databaseError()], planted)
  const line = written((log) => log.error(new DomainError('log-unavailable', 'the log is away', { cause })))
  const { err } = JSON.parse(line)
  expect(err.message).toBe('the log is away')
  expect(err.cause.errors[0].code).toBe('22P02')
  expect(line).not.toContain(planted)
})

it('a request is written by its route, without URL, address, headers or body', () => {
  const req = {
    id: 'r1',
    method: 'GET',
    url: `/interactions?name=${planted}`,
    headers: { authorization: planted },
    body: planted,
    ip: '192.0.2.7',
    socket: { remoteAddress: '192.0.2.7' },
    routeOptions: { url: '/interactions' },
  }
  const line = written((log) => log.info({ req, res: { statusCode: 200, headers: planted } }, 'answered'))
  expect(JSON.parse(line)).toMatchObject({
    req: { id: 'r1', method: 'GET', route: '/interactions' },
    res: { statusCode: 200 },
  })
  expect(line).not.toMatch(/Sigrid|192\.0\.2/)
})
