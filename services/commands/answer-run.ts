import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { answerFor } from '../access/answer-for.ts'
import { filesOf } from '../access/files.ts'
import { Identifier } from '../access/identifiers.ts'
import { writeFiles } from '../access/write-files.ts'
import { Day } from '../events/vocabulary.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { print } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

const Options = z
  .object({
    controller: z.string(),
    person: z.string().optional(),
    case: z.uuid().optional(),
    purpose: z.string(),
    out: z.string(),
    language: z.enum(['sv', 'en']),
    assurance: z.enum(['code', 'eid', 'judgement']),
    received: Day.optional(),
    link: z.array(z.uuid()).optional(),
    linkNone: z.boolean().optional(),
    actor: z.string(),
    json: z.boolean().optional(),
  })
  .refine((it) => (it.person === undefined) !== (it.case === undefined), {
    path: ['person'],
    error: 'or --case is needed, and not both',
  })

export async function answerPerson(given: object): Promise<void> {
  const options = parsed(Options, given, 'The options do not fit')
  const identifiers = options.person === undefined ? [] : identifiersIn(options.person)
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = await logsOf(ledger, options.controller)
    if (log === undefined) throw new DomainError('not-found', 'There is no such controller')
    const { actor, purpose, assurance, language, linkNone, case: caseId } = options
    const link = options.link ?? (linkNone ? [] : undefined)
    const result = await answerFor(ledger, log, {
      identifiers,
      purpose,
      actor: { name: actor },
      assurance,
      language,
      today: options.received ?? localDay(runtime.clock.now()),
      ...(link && { link }),
      ...(caseId && { caseId }),
    })
    const written = await writeFiles(options.out, filesOf(ledger, log, result))
    const { unlinked, answer } = result
    const report = {
      controller: log.slug,
      case: result.caseId,
      position: answer.upTo.position,
      processed: answer.confirmation.processed,
      records: answer.confirmation.records,
      out: options.out,
      files: written,
      unlinked,
    }
    const more = unlinked.map(
      ({ subject, confidence, reasons, records }) =>
        `    ${subject}  ${confidence}  ${reasons.join(', ')}  ${records}`,
    )
    print(
      options.json,
      report,
      [result.summary, ...more, `  → ${join(options.out, 'answer.pdf')}`].join('\n'),
    )
  })
}

function identifiersIn(file: string): Identifier[] {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DomainError('validation-failed', 'The identifiers are not JSON')
  }
  const list = z.array(Identifier).min(1).max(50)
  return parsed(list, Array.isArray(value) ? value : [value], 'The identifiers do not fit')
}

/** The message says where and why, never what: it may be personal data. */
function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim())
  throw new DomainError('validation-failed', `${what}: ${faults.join('; ')}`)
}
