import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { RetentionRule } from '../events/retention-rule.ts'
import { Day, Decision } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { tagObjects } from '../retention/marks.ts'
import { approveRule, loadExamples, waitingRules } from '../retention/rule-declare.ts'
import { previewRule } from '../retention/rule-preview.ts'
import { scopeOf, TagObjects } from '../retention/schemas-scope.ts'
import { fitting } from './fitting.ts'
import { print, progressLine } from './output.ts'
import { logsOf, type Runtime, withRuntime } from './runtime.ts'

type Common = { readonly controller: string; readonly json?: boolean }

async function forOne(
  { controller }: Common,
  work: (ledger: Ledger, log: Log, runtime: Runtime) => Promise<void>,
): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await logsOf(ledger, controller)) await work(ledger, log, runtime)
  })
}

function fromFile<T>(schema: z.ZodType<T>, file: string, what: string): T {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8')
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (cause) {
    throw new DomainError('source-malformed', `The ${what} is no JSON.`, { cause })
  }
  return fitting(schema, given, what)
}

export function loadExampleRules(
  options: Common & {
    readonly decision: string
    readonly validFrom?: string
    readonly dryRun?: boolean
    readonly actor: string
  },
): Promise<void> {
  const decision = fromFile(Decision, options.decision, 'decision')
  return forOne(options, async (ledger, log, { config }) => {
    const validFrom = fitting(Day, options.validFrom ?? localDay(ledger.clock.now()), 'first day')
    const given = { decision, validFrom, dryRun: options.dryRun }
    const done = await loadExamples(ledger, log, { name: options.actor }, given, config.approvalSize)
    const { declared, skipped } = done
    print(
      options.json,
      { controller: log.slug, ...done },
      `${log.slug}: ${declared.length} rules declared, ${skipped.length} stood already`,
    )
  })
}

export function previewOne(
  options: Common & { readonly rule: string; readonly id?: string; readonly on?: string },
): Promise<void> {
  const rule = fromFile(RetentionRule, options.rule, 'rule')
  return forOne(options, async (ledger, log) => {
    const first = [localDay(ledger.clock.now()), rule.validFrom].toSorted().at(-1)
    const on = fitting(Day, options.on ?? first, 'day')
    const found = await reading(ledger, log, (tx) =>
      previewRule(tx, log.controller, { id: options.id, rule, on }),
    )
    const lines = found.rules.map(
      (it) => `  ${it.name}: ${it.earlier} earlier, ${it.later} later, ${it.newlyDue} newly due`,
    )
    const { total } = found
    print(
      options.json,
      { controller: log.slug, ...found },
      [`${log.slug}: on ${on} ${total.newlyDue} objects become due`, ...lines].join('\n'),
    )
  })
}

export function approveOne(
  options: Common & { readonly rule?: string; readonly actor?: string },
): Promise<void> {
  return forOne(options, async (ledger, log) => {
    const waiting = await reading(ledger, log, (tx) => waitingRules(tx, log.controller))
    if (options.rule === undefined) {
      const lines = waiting.map(
        (it) => `${it.rule}\tversion ${it.version}\t${it.name}\t${it.newlyDue} newly due`,
      )
      print(options.json, { controller: log.slug, waiting }, lines.join('\n') || `${log.slug}: none waits`)
      return
    }
    if (options.actor === undefined)
      throw new DomainError('misconfigured', '--rule needs --actor: who approves.')
    const version = waiting.find(({ rule }) => rule === options.rule)?.version ?? 0
    const done = await approveRule(ledger, log, { name: options.actor }, { rule: options.rule, version })
    print(
      options.json,
      { controller: log.slug, ...done },
      `${log.slug}: version ${done.version} of ${done.name} is approved`,
    )
  })
}

export function tagMany(
  tags: readonly string[],
  options: Common & {
    readonly channel: string
    readonly before: string
    readonly verb?: string
    readonly tagged?: string
    readonly remove?: boolean
    readonly text?: string
    readonly actor: string
  },
): Promise<void> {
  const { channel, before, verb, tagged: tag, remove, text } = options
  const query = { channel, before, verb, tag }
  const wish = fitting(TagObjects, { tags, remove, text, query }, 'wish')
  return forOne(options, async (ledger, log) => {
    const progress = progressLine('tagging')
    const done = await tagObjects(
      ledger,
      log,
      { name: options.actor },
      {
        tags: wish.tags,
        remove: wish.remove,
        text: wish.text,
        scope: scopeOf(wish),
        onProgress: (objects) => progress(objects),
      },
    )
    progress()
    print(options.json, { controller: log.slug, ...done }, `${log.slug}: ${done.objects} objects`)
  })
}
