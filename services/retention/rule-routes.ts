import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ruleKind } from '../declarations/kinds.ts'
import { declarationRoutes } from '../declarations/routes.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import { Day, Decision } from '../events/vocabulary.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import type { PurgeRouteDeps } from './purge-routes.ts'
import { approveRule, declareRule, loadExamples, waitingRules } from './rule-declare.ts'

const Id = z.uuid().toLowerCase().meta({ example: '0198c5a0-0000-7000-8000-000000000011' })
const Version = z.int().min(1).meta({ example: 2 })
const Name = z.string().meta({ example: 'Kommentarer av ringa betydelse' })

const WaitingRule = z
  .strictObject({
    rule: Id,
    version: Version,
    name: Name,
    validFrom: Day,
    newlyDue: z.int().min(0).meta({ description: 'Blir gallringsbart / becomes due', example: 1800 }),
    position: z.string().meta({ example: '17' }),
  })
  .meta({ id: 'WaitingRule' })
const waitingExample = {
  rule: '0198c5a0-0000-7000-8000-000000000011',
  version: 2,
  name: 'Kommentarer av ringa betydelse',
  validFrom: '2027-01-01',
  newlyDue: 1800,
  position: '17',
}
const ApproveRule = z.strictObject({ rule: Id, version: Version }).meta({ id: 'ApproveRule' })

const LoadExampleRules = z
  .strictObject({
    decision: Decision,
    validFrom: Day.optional().meta({ description: 'I dag utan / today without', example: '2026-02-01' }),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'LoadExampleRules' })
const LoadedExampleRules = z
  .strictObject({
    declared: z.array(z.strictObject({ id: Id, name: Name }).meta({ id: 'LoadedRule' })),
    skipped: z.array(Name).meta({ description: 'Fanns redan / stood already' }),
  })
  .meta({ id: 'LoadedExampleRules' })
const decisionExample = {
  body: 'Kommunstyrelsen',
  reference: 'KS 2026/117',
  paragraph: '§ 42',
  date: '2026-01-15',
  wording: 'Handlingar i sociala medier gallras enligt planen.',
}

const words = { tag: 'retention' } as const

/** Rules in versions, their approval where they make much due at once, and the examples to begin with. */
export function ruleRoutes(app: Api, deps: PurgeRouteDeps): void {
  const { ledger } = deps
  declarationRoutes(app, deps, {
    kind: ruleKind,
    path: 'retention-rules',
    tag: 'retention',
    id: 'RetentionRule',
    sv: { one: 'en gallringsregel', many: 'gallringsregler' },
    en: { one: 'a retention rule', many: 'retention rules' },
    read: 'retention:read',
    write: 'retention:write',
    declare: (log, wish) => declareRule(ledger, log, wish, deps.config?.approvalSize),
    note: 'En regel utan beslut förstör inget. En version gäller från sin första dag, den förra till dess. Gör den mer än en inställd mängd gallringsbart väntar den på en annans godkännande. / A rule without a decision destroys nothing. A version holds from its first day on, the one before till then. If it makes more than a set number due, it waits for the approval of another.',
  })

  app.get(
    '/controllers/:controller/retention-rule-approvals',
    operation({
      ...words,
      scope: 'retention:read',
      id: 'listWaitingRules',
      summary: 'Regler som väntar på godkännande / rules that wait for approval',
      description: 'Nyaste versioner utan kraft ännu. / Newest versions without force as yet.',
      params: ControllerParams,
      responses: {
        200: {
          description: 'De som väntar / those that wait',
          schema: z.strictObject({ items: z.array(WaitingRule) }).meta({ id: 'WaitingRules' }),
          example: { items: [waitingExample] },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return { items: await reading(ledger, log, (tx) => waitingRules(tx, log.controller)) }
    },
  )

  app.post(
    '/controllers/:controller/retention-rule-approvals',
    operation({
      ...words,
      scope: 'retention:approve',
      id: 'approveRetentionRule',
      summary: 'Godkänn en regelversion / approve a version of a rule',
      description: 'Av en annan än den som lade upp den. / By another than who declared it.',
      params: ControllerParams,
      body: { schema: ApproveRule, example: { rule: waitingExample.rule, version: 2 } },
      responses: {
        200: { description: 'Godkänd / approved', schema: WaitingRule, example: waitingExample },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return approveRule(ledger, log, { name: actorOf(request).id }, request.body)
    },
  )

  app.post(
    '/controllers/:controller/retention-rules/examples',
    operation({
      ...words,
      scope: 'retention:write',
      id: 'loadExampleRules',
      summary: 'Lägg upp exempelreglerna / declare the example rules',
      description:
        'Under ett beslut, att ändra sedan. Namn som finns lämnas. / Under a decision, to be edited. Names that stand are left alone.',
      params: ControllerParams,
      body: { schema: LoadExampleRules, example: { decision: decisionExample, dryRun: false } },
      responses: {
        200: {
          description: 'Upplagda / declared',
          schema: LoadedExampleRules,
          example: { declared: [{ id: waitingExample.rule, name: 'Privata meddelanden' }], skipped: [] },
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { decision, dryRun, validFrom = localDay(ledger.clock.now()) } = request.body
      const actor = { name: actorOf(request).id }
      const given = { decision, validFrom, dryRun }
      const done = await loadExamples(ledger, log, actor, given, deps.config?.approvalSize)
      return { declared: [...done.declared], skipped: [...done.skipped] }
    },
  )
}
