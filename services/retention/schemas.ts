import { z } from 'zod'
import { ControllerParams, pageSchema } from '../declarations/schemas.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { ConflictPolicy } from '../events/retention-rule.ts'
import { Day, Decision, Slug } from '../events/vocabulary.ts'
import { purgePhases } from './purge-state.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'

export const ItemParams = z.strictObject({
  controller: ControllerParams.shape.controller,
  id: z.uuid().toLowerCase().meta({ description: 'Id, från svaret på skapandet / id', example: exampleId }),
})

const Position = z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' })
const Moment = z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T09:15:01.000Z' })
const Id = z.uuid().meta({ example: exampleId })
const Count = z.int().min(0).meta({ example: 12 })

export const DueQuery = z.strictObject({
  on: Day.optional().meta({ description: 'Dag; i dag utan / day; today without', example: '2026-03-05' }),
})

const NamedRule = z
  .strictObject({
    rule: Id,
    version: z.int().min(1).meta({ example: 1 }),
    name: z.string().meta({ example: 'Kommentarer av ringa betydelse' }),
  })
  .meta({ id: 'NamedRule' })

export const DuePreview = z
  .strictObject({
    on: Day,
    rulesPosition: Position,
    classes: z.array(
      z
        .strictObject({
          channel: Id,
          verb: Verb,
          capacity: Capacity,
          tags: z.array(Slug).meta({ description: 'Märkning / tags', example: ['trifling'] }),
          rules: z.array(NamedRule),
          objects: Count,
          oldest: Day,
          held: Count.meta({ description: 'Därav under gallringsstopp / of these under a hold', example: 1 }),
          holds: z.array(
            z
              .strictObject({ ground: z.string().meta({ example: 'appeal' }), objects: Count })
              .meta({ id: 'HeldOnGround' }),
          ),
        })
        .meta({ id: 'DueClass' }),
    ),
    rules: z.array(NamedRule.extend({ objects: Count }).meta({ id: 'DueByRule' })),
    objects: Count,
    held: Count,
    oldest: Day.nullable(),
  })
  .meta({ id: 'DuePreview' })

const Explained = { code: z.string().meta({ example: 'notDue' }), sv: z.string(), en: z.string() }
const days = z
  .strictObject({
    occurredOn: Day.optional(),
    receivedOn: Day.optional(),
    publishedOn: Day.optional(),
    closedOn: Day.optional(),
    obsoleteOn: Day.optional(),
    withdrawnOn: Day.optional(),
    channelClosedOn: Day.optional(),
    deliveredOn: Day.optional(),
  })
  .meta({ id: 'TriggerDays', description: 'Dagar som en frist kan räknas från / days a period can start on' })

export const InteractionRetention = z
  .strictObject({
    object: Id,
    channel: Id,
    verb: Verb,
    capacity: Capacity,
    tags: z.array(Slug).meta({ example: ['trifling'] }),
    on: Day,
    days,
    why: z.strictObject(Explained).meta({ id: 'RetentionReason' }),
    policy: ConflictPolicy,
    policyGround: z
      .string()
      .nullable()
      .meta({ description: 'Policyns grund / its ground', example: 'Dokumenthanteringsplanen, avsnitt 3' }),
    dueDay: Day.optional(),
    winner: z
      .strictObject({ rule: Id, version: z.int().min(1) })
      .optional()
      .meta({ id: 'DecidingRule' }),
    rules: z.array(
      NamedRule.extend({
        ...Explained,
        trigger: z.string().optional().meta({ example: 'receivedOn' }),
        startDay: Day.optional(),
        dueDay: Day.optional(),
      }).meta({ id: 'RuleOutcome' }),
    ),
    holds: z.array(
      z
        .strictObject({
          hold: Id,
          kind: z.string(),
          ground: z.string(),
          reviewOn: Day.nullable(),
          position: Position,
        })
        .meta({ id: 'ActiveHold' }),
    ),
    condemnedPosition: Position.nullable(),
    disposedPosition: Position.nullable(),
  })
  .meta({ id: 'InteractionRetention' })

export const RevokePurge = z
  .strictObject({
    decision: Decision.meta({ description: 'Beslutet om återkallelse / the decision to revoke' }),
  })
  .meta({ id: 'RevokePurge' })

export const OrderPurge = z
  .strictObject({
    dryRun: z.boolean().default(false).meta({
      description: 'Bara visa vad som skulle gallras / only show what would be destroyed',
      example: false,
    }),
  })
  .meta({ id: 'OrderPurge' })

const Step = z
  .strictObject({
    position: Position,
    at: Moment,
    by: Id.nullable().meta({ description: 'Vem, som id / who, as an id' }),
  })
  .meta({ id: 'PurgeStep' })

export const Purge = z
  .strictObject({
    id: Id,
    phase: z.enum(purgePhases).meta({
      description:
        'waiting: väntar på en annans godkännande / for the approval of another; revocable: allt är utpekat och inget förstört, ett beslut kan återkalla den / all is condemned and nothing destroyed, a decision can revoke it',
      example: 'waiting',
    }),
    planned: Count,
    limit: Count.meta({ description: 'Fler tas aldrig / more it never takes', example: 1800 }),
    approval: z.boolean().meta({ description: 'Om en annan måste godkänna / whether another must approve' }),
    intents: Count,
    objects: Count.meta({ description: 'Utpekade hittills / condemned so far', example: 1000 }),
    destroyed: Count.meta({ description: 'Förstörda hittills / destroyed so far', example: 0 }),
    released: Count.meta({
      description: 'Återlämnade efter återkallelse / given back after a revocation',
      example: 0,
    }),
    waitHours: Count.meta({
      description: 'Timmar i vilka den kan återkallas / hours in which it can be revoked',
      example: 0,
    }),
    revocableUntil: Moment.nullable().meta({ description: 'Verkställs inte före / not executed before' }),
    ordered: Step,
    approved: Step.nullable(),
    paused: Step.nullable(),
    revoked: Step.nullable(),
    begun: Step.nullable(),
    aborted: Step.nullable(),
    executed: Step.nullable(),
    swept: Step.nullable(),
  })
  .meta({ id: 'Purge' })

export const PurgePage = pageSchema('PurgePage', Purge)

export const DisposalCertificate = z
  .strictObject({
    certificate: z.literal('liggare/disposal-certificate/v1'),
    controller: Slug,
    purge: Id,
    decisions: z.array(
      z
        .strictObject({
          rule: Id,
          version: z.int().min(1),
          name: z.string(),
          recordType: z.string(),
          period: z.string().nullable(),
          decision: z
            .strictObject({
              body: z.string(),
              reference: z.string(),
              paragraph: z.string().optional(),
              date: Day,
            })
            .nullable()
            .meta({ id: 'CertifiedDecision' }),
        })
        .meta({ id: 'CertifiedRule' }),
    ),
    counts: z.array(
      z
        .strictObject({ channel: Id, verb: z.string(), capacity: z.string(), objects: Count })
        .meta({ id: 'CertifiedCount' }),
    ),
    objects: Count,
    records: Count,
    positions: z.string().meta({ example: `sha256:${'0'.repeat(64)}` }),
    oldest: Day.nullable(),
    newest: Day.nullable(),
    orderer: z.string(),
    approver: z.string().nullable(),
    executor: z.string().nullable(),
    orderedAt: Moment,
    approvedAt: Moment.nullable(),
    abortedAt: Moment.nullable(),
    destroyedAt: Moment.nullable(),
    irrecoverableAt: Moment.nullable(),
    log: z
      .strictObject({
        orderedPosition: Position,
        approvedPosition: Position.nullable(),
        abortedPosition: Position.nullable(),
        executedPosition: Position.nullable(),
        sweptPosition: Position.nullable(),
        sizeBefore: Position,
        sizeAfter: Position.nullable(),
      })
      .meta({ id: 'CertifiedPositions' }),
  })
  .meta({ id: 'DisposalCertificate' })
