import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { DomainError } from './errors.ts'

export type Logger = PinoLogger

/** JSON lines on standard output. What a logger is given must be ids, counts and days: it cannot tell a name from a word. */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError, req: describeRequest, res: describeResponse },
      hooks: {
        // pino takes the message of a bare error as the line's text: the one way past the serialisers.
        logMethod(args, method) {
          const [first, text] = args as [unknown, unknown]
          const error = first instanceof Error ? first : errorIn(first)
          if (error !== undefined && text === undefined) method.apply(this, [first as object, error.name])
          else method.apply(this, args)
        },
      },
    },
    ...(options.destination ? ([options.destination] as const) : []),
  )
}

function errorIn(value: unknown): Error | undefined {
  return typeof value === 'object' && value !== null && 'err' in value && value.err instanceof Error
    ? value.err
    : undefined
}

/** Names of things in the program or the schema, never values: safe to write from any error. */
const safeFields = [
  'code',
  'syscall',
  'severity',
  'routine',
  'schema',
  'table',
  'constraint',
  'statusCode',
] as const

/**
 * What the log keeps of an error. Only our own messages are free of personal data; a foreign one may quote the body
 * (JSON.parse) or the row (PostgreSQL's message, detail, where), so name, code and stack frames must do.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { name: typeof error }
  const described: Record<string, unknown> = { name: error.name }
  const fields = error as unknown as Record<string, unknown>
  for (const field of safeFields) {
    if (typeof fields[field] === 'string' || typeof fields[field] === 'number')
      described[field] = fields[field]
  }
  if (error instanceof DomainError) described['message'] = error.message
  described['stack'] = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .map((line) => line.trim())
  if (depth < 5) {
    if (error.cause !== undefined) described['cause'] = describeError(error.cause, depth + 1)
    if (error instanceof AggregateError)
      described['errors'] = error.errors.map((one) => describeError(one, depth + 1))
  }
  return described
}

// The route's pattern and not its URL: whoever mistypes a path may put a name into it. No address, no headers, no body.
function describeRequest(request: {
  id?: unknown
  method?: unknown
  routeOptions?: { url?: unknown }
}): unknown {
  return { id: request.id, method: request.method, route: request.routeOptions?.url }
}

function describeResponse(response: { statusCode?: unknown }): unknown {
  return { statusCode: response.statusCode }
}
