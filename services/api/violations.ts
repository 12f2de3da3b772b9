import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { DomainError, type Violation } from '../platform/errors.ts'

type Issue = z.core.$ZodIssue

/** How many violations an answer names. */
const maxViolations = 50

/**
 * zod issues as pointers and reasons that hold words of the schema only. zod's own messages, its paths through maps
 * and its lists of unknown keys all carry what the client wrote, which may be a person's name or number.
 */
function violationsOf(issues: readonly Issue[], known: ReadonlySet<string>): Violation[] {
  return issues
    .slice(0, maxViolations)
    .map((issue) => ({ pointer: pointerOf(issue.path, known), reason: reasonOf(issue) }))
}

function pointerOf(path: readonly PropertyKey[], known: ReadonlySet<string>): string {
  let pointer = ''
  for (const step of path) {
    const word = String(step)
    // A key that no schema declares is the client's own word: the pointer stops at the map that holds it.
    if (typeof step !== 'number' && !known.has(word)) break
    pointer += `/${word.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return pointer
}

function reasonOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is required (${issue.expected})`
        : `must be of type ${issue.expected}`
    case 'too_big':
      return `is larger than the maximum ${String(issue.maximum)}${unitOf(issue.origin)}`
    case 'too_small':
      return `is smaller than the minimum ${String(issue.minimum)}${unitOf(issue.origin)}`
    case 'invalid_format':
      return `does not have the format ${issue.format}`
    case 'not_multiple_of':
      return `must be a multiple of ${String(issue.divisor)}`
    case 'unrecognized_keys':
      return `has ${issue.keys.length} unknown field${issue.keys.length === 1 ? '' : 's'}`
    case 'invalid_union':
      return 'fits none of the allowed forms'
    case 'invalid_key':
      return 'has a field name that is not allowed'
    case 'invalid_element':
      return 'has an element that does not fit'
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    // Custom reasons are written in the schema, as constants.
    case 'custom':
      return issue.message
    default:
      return issue satisfies never
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' || origin === 'set' || origin === 'map' ? ' items' : ''
}

/** Every property name that a schema declares, at any depth: the words that an answer may repeat. */
export function declaredNames(schema: z.core.$ZodType): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<z.core.$ZodType>()
  const visit = (part: z.core.$ZodType): void => {
    if (seen.has(part)) return
    seen.add(part)
    const def = part._zod.def
    if (def.type === 'object') {
      for (const name of Object.keys((def as z.core.$ZodObjectDef).shape)) names.add(name)
    }
    for (const child of childrenOf(def)) visit(child)
  }
  visit(schema)
  return names
}

function childrenOf(def: z.core.$ZodTypeDef): z.core.$ZodType[] {
  const found: z.core.$ZodType[] = []
  const values: unknown[] = Object.values(def)
  if (def.type === 'object') values.push((def as z.core.$ZodObjectDef).shape)
  if (def.type === 'lazy') values.push((def as z.core.$ZodLazyDef).getter())
  for (const value of values) {
    if (value instanceof z.core.$ZodType) found.push(value)
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) if (inner instanceof z.core.$ZodType) found.push(inner)
    }
  }
  return found
}

/** For parts that a route reads itself (streams, lines, batches): the violations of the issues that this schema found. */
export function violationsIn(schema: z.core.$ZodType): (issues: readonly Issue[]) => Violation[] {
  let known: ReadonlySet<string> | undefined
  return (issues) => {
    known ??= declaredNames(schema)
    return violationsOf(issues, known)
  }
}

export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const violations = violationsIn(schema)
  return (data: unknown) => {
    const result = z.core.safeParse(schema, data, { reportInput: true })
    if (result.success) return { value: result.data }
    // A path that cannot name anything names nothing: the same answer as for what is not there.
    if (httpPart === 'params') return { error: new DomainError('not-found', 'no such path') }
    const found = violations(result.error.issues)
    const error = new DomainError(
      'validation-failed',
      `${httpPart ?? 'body'}: ${countOf(result.error.issues.length)}`,
      {
        violations: found,
      },
    )
    return { error }
  }
}

function countOf(count: number): string {
  return count === 1 ? '1 field does not fit' : `${count} fields do not fit`
}
