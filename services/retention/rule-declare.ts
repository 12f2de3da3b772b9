import type { PoolClient } from 'pg'
import { declare } from '../declarations/declare.ts'
import { ruleKind } from '../declarations/kinds.ts'
import type { DeclaredVersion } from '../declarations/queries.ts'
import { RetentionRule, type RetentionRuleInput } from '../events/retention-rule.ts'
import type { Day, Decision } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { exampleRules } from './examples.ts'
import { actorDigest, defaultApprovalSize } from './order.ts'
import { actorAt, actorByDigest } from './purge-queries.ts'
import { previewRule } from './rule-preview.ts'

export type RuleWish = {
  readonly id?: string
  readonly expectedVersion?: number
  readonly document: RetentionRule
  readonly actor: Actor
}

/**
 * Declares a rule or a new version of one. If that makes more objects due on its first day than nobody may destroy alone,
 * the version has no force until another person has approved it; the version before it holds meanwhile.
 */
export async function declareRule(
  ledger: Ledger,
  log: Log,
  wish: RuleWish,
  approvalSize = defaultApprovalSize,
): Promise<DeclaredVersion> {
  const { id, document: rule } = wish
  const today = localDay(ledger.clock.now())
  const on = [today, rule.validFrom].toSorted().at(-1) as Day
  const { total } = await reading(ledger, log, (tx) => previewRule(tx, log.controller, { id, rule, on }))
  const approval = total.newlyDue > approvalSize
  const data = approval ? { approval, newlyDue: total.newlyDue } : {}
  return declare(ledger, log, ruleKind, { ...wish, data })
}

/** A version of a rule that waits for another person. */
export type WaitingRule = {
  readonly rule: string
  readonly version: number
  readonly name: string
  readonly validFrom: Day
  /** How much it made due when it was declared. */
  readonly newlyDue: number
  readonly position: string
}

/** Only newest versions: an older one that waits was replaced and will not be approved. */
export async function waitingRules(tx: PoolClient, controller: number): Promise<WaitingRule[]> {
  const { rows } = await tx.query<{
    rule: string
    version: number
    name: string
    valid_from: Day
    newly_due: string
    position: string
  }>(
    `select r.rule_id as rule, r.version, r.document ->> 'name' as name, r.document ->> 'validFrom' as valid_from,
        e.header::jsonb -> 'data' ->> 'newlyDue' as newly_due, r.position
       from model.rule_version r
       join model.declaration d on d.controller_id = $1 and d.kind = 'rule' and d.id = r.rule_id and d.version = r.version
       join ledger.event e on e.controller_id = $1 and e.position = r.position
      where r.controller_id = $1 and r.approval and r.approved_position is null order by r.position`,
    [controller],
  )
  return rows.map(({ valid_from, newly_due, ...row }) => ({
    ...row,
    validFrom: valid_from,
    newlyDue: Number(newly_due),
  }))
}

/** Somebody else's consent to a version of a rule. `four-eyes-required` from its author, `state-conflict` if none waits. */
export async function approveRule(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: { readonly rule: string; readonly version: number },
): Promise<WaitingRule> {
  const { waiting, author, approver } = await reading(ledger, log, async (tx) => {
    const found = (await waitingRules(tx, log.controller)).find(
      (it) => it.rule === wish.rule && it.version === wish.version,
    )
    return {
      waiting: found,
      author: found === undefined ? undefined : await actorAt(tx, log.controller, found.position),
      approver: await actorByDigest(tx, log.controller, actorDigest(ledger, log, actor.name)),
    }
  })
  if (waiting === undefined)
    throw new DomainError('state-conflict', 'No such version of a rule waits for approval.')
  if (approver !== undefined && approver === author)
    throw new DomainError('four-eyes-required', 'It has to be approved by another than who declared it.')
  const { rule, version, newlyDue } = waiting
  await recordCommand(ledger, log, {
    type: 'rule.approved',
    expectedVersion: 0,
    actor,
    data: { rule, version, newlyDue },
  })
  return waiting
}

export type LoadedExamples = {
  readonly declared: readonly { readonly id: string; readonly name: string }[]
  /** Names that stand already: left as they are. */
  readonly skipped: readonly string[]
}

/** Declares the example rules under a decision; what stands under the same name is left alone, so that it may be called again. */
export async function loadExamples(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  given: { readonly decision: Decision; readonly validFrom: Day; readonly dryRun?: boolean | undefined },
  approvalSize = defaultApprovalSize,
): Promise<LoadedExamples> {
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query<{ name: string }>(
      "select d.document ->> 'name' as name from model.declaration d where d.controller_id = $1 and d.kind = 'rule'",
      [log.controller],
    ),
  )
  const standing = new Set(rows.map(({ name }) => name))
  const examples = exampleRules(given.decision, given.validFrom)
  const declared: { id: string; name: string }[] = []
  const wanted = examples.filter(({ name }: RetentionRuleInput) => !standing.has(name))
  for (const example of given.dryRun === true ? [] : wanted) {
    const document = RetentionRule.parse(example)
    const { id } = await declareRule(ledger, log, { document, actor }, approvalSize)
    declared.push({ id, name: document.name })
  }
  const skipped = examples.map(({ name }) => name).filter((name) => standing.has(name))
  return { declared, skipped }
}
