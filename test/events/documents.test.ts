import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as activity from '../../services/events/activity.ts'
import * as channel from '../../services/events/channel.ts'
import * as controller from '../../services/events/controller.ts'
import * as rule from '../../services/events/retention-rule.ts'
import { isZeroPeriod, Period } from '../../services/events/vocabulary.ts'

const documents = {
  RetentionRule: rule.RetentionRule,
  ProcessingActivity: activity.ProcessingActivity,
  ChannelDeclaration: channel.ChannelDeclaration,
  ControllerDeclaration: controller.ControllerDeclaration,
}

function example(schema: z.ZodType): Record<string, unknown> {
  const [first] = (schema.meta()?.['examples'] ?? []) as Record<string, unknown>[]
  if (first === undefined) throw new Error('the schema has no example')
  return first
}

function faults(schema: z.ZodType, changed: Record<string, unknown>): string[] {
  const parsed = schema.safeParse({ ...example(schema), ...changed })
  return parsed.error?.issues.map((issue) => issue.path.join('/')) ?? []
}

function propertyNames(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const own =
    'properties' in node && typeof node.properties === 'object' && node.properties !== null
      ? Object.keys(node.properties)
      : []
  return [...own, ...Object.values(node).flatMap(propertyNames)]
}

describe.each(Object.entries(documents))('%s', (id, schema) => {
  test('accepts its own example and keeps its id', () => {
    expect(faults(schema, {})).toEqual([])
    expect(schema.meta()?.id).toBe(id)
  })

  test('refuses a field it does not know', () => {
    expect(schema.safeParse({ ...example(schema), stranger: 1 }).success).toBe(false)
  })

  test('names its properties in camelCase without digits', () => {
    const names = propertyNames(z.toJSONSchema(schema, { io: 'input' }))
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !/^[a-z]+(?:[A-Z][a-z]*)*$/.test(name))).toEqual([])
  })
})

test.each(['P2Y', 'P6M', 'P0D', 'P1Y2M3D', 'P12W', 'P400Y'])('%s is a period', (period) => {
  expect(Period.safeParse(period).success).toBe(true)
})

test.each(['P', 'P1D2Y', 'PT5H', 'P-1Y', '2Y', 'P1.5Y', 'P1Y2W', 'P1000Y', '', 'p2y'])(
  '%s is not a period',
  (period) => {
    expect(Period.safeParse(period).success).toBe(false)
  },
)

test('zero is zero however it is written', () => {
  expect(['P0D', 'P0Y0M0D', 'P00W'].every(isZeroPeriod)).toBe(true)
  expect(isZeroPeriod('P0Y10D')).toBe(false)
})

describe('a retention rule', () => {
  const { decision: _, ...undecided } = example(rule.RetentionRule)

  test('of zero days is refused without a decision and accepted with one', () => {
    expect(rule.RetentionRule.safeParse({ ...undecided, period: 'P0D' }).success).toBe(false)
    expect(faults(rule.RetentionRule, { period: 'P0D' })).toEqual([])
  })

  test('may be drafted without a decision', () => {
    expect(rule.RetentionRule.safeParse(undecided).success).toBe(true)
  })

  test('has a period exactly when it destroys', () => {
    expect(faults(rule.RetentionRule, { period: undefined })).toEqual(['period'])
    expect(faults(rule.RetentionRule, { action: 'preserve' })).toEqual(['period'])
    expect(faults(rule.RetentionRule, { action: 'preserve', period: undefined })).toEqual([])
  })

  test('does not end before it begins', () => {
    expect(faults(rule.RetentionRule, { validTo: '2026-01-31' })).toEqual(['validTo'])
    expect(faults(rule.RetentionRule, { validTo: '2026-02-01' })).toEqual([])
  })

  test.each(['2026-02-29', '2100-02-29', '2026-13-01', '0000-01-01', '2026-2-1', '20260201', '10000-01-01'])(
    'does not begin on %s, which is no day',
    (validFrom) => {
      expect(faults(rule.RetentionRule, { validFrom })).toContain('validFrom')
    },
  )

  test('may begin on a day that only leap years have', () => {
    expect(faults(rule.RetentionRule, { validFrom: '2000-02-29' })).toEqual([])
  })
})

describe('a processing activity', () => {
  test('is refused without a legal basis or a purpose', () => {
    expect(faults(activity.ProcessingActivity, { legalBasis: [] })).toEqual(['legalBasis'])
    expect(faults(activity.ProcessingActivity, { purposes: [] })).toEqual(['purposes'])
  })

  test('is refused with a word outside the vocabulary', () => {
    expect(faults(activity.ProcessingActivity, { legalBasis: [{ term: 'habit' }] })).toEqual([
      'legalBasis/0/term',
    ])
  })

  test('may leave the rest out, to be shown as missing', () => {
    const bare = { name: 'Utkast', purposes: [{ term: 'other' }], legalBasis: [{ term: 'publicTask' }] }
    expect(activity.ProcessingActivity.parse(bare)).toEqual({ ...bare, status: 'draft', scope: {} })
  })
})

describe('a channel', () => {
  test('is closed no earlier than it was opened', () => {
    expect(faults(channel.ChannelDeclaration, { closedOn: '2010-01-31' })).toEqual(['closedOn'])
  })

  test('under joint controllership names the others', () => {
    expect(faults(channel.ChannelDeclaration, { controllership: 'joint' })).toEqual(['jointControllers'])
  })

  test('is supervised at an interval that is longer than nothing', () => {
    expect(faults(channel.ChannelDeclaration, { supervisionInterval: 'P0D' })).toEqual([
      'supervisionInterval',
    ])
  })

  test('gives one client one capacity', () => {
    const rules = [
      { client: 'TweetDeck', capacity: 'private' },
      { client: 'TweetDeck', capacity: 'service' },
    ]
    expect(faults(channel.ChannelDeclaration, { capacityRules: rules })).toEqual(['capacityRules'])
  })

  test('is taken apart so that an account outside the public list stands in the sealed half alone', () => {
    const declared = channel.ChannelDeclaration.parse({
      ...example(channel.ChannelDeclaration),
      publicList: false,
    })
    const { open, personal } = channel.splitPersonal(declared)
    expect(Object.keys(personal).sort()).toEqual(['accountId', 'handle', 'holder', 'url'])
    expect(Object.keys(open).filter((name) => name in personal)).toEqual([])
    expect(channel.joinPersonal(open, personal)).toEqual(declared)
  })

  test('on the public list is open', () => {
    const declared = channel.ChannelDeclaration.parse(example(channel.ChannelDeclaration))
    expect(channel.personalFields(declared)).toEqual([])
    expect(channel.splitPersonal(declared)).toEqual({ open: declared, personal: {} })
  })
})

describe('a controller', () => {
  test.each(['9', '99999', '99a9'])('has no kommunkod %s', (kommunkod) => {
    expect(faults(controller.ControllerDeclaration, { kommunkod })).toEqual(['kommunkod'])
  })

  test.each(['212000-9995', '121212-1212', '2120009994'])(
    'has no organisation number %s',
    (organisationNumber) => {
      expect(faults(controller.ControllerDeclaration, { organisationNumber })).toContain('organisationNumber')
    },
  )
})
