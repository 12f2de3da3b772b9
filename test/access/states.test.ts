import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CaseCommand, decide } from '../../services/access/case-decide.ts'
import {
  type CaseState,
  deadlineOf,
  evolve,
  isOpen,
  isOverdue,
  noCase,
  type Step,
} from '../../services/access/states.ts'

type Bare = CaseCommand extends infer T
  ? T extends CaseCommand
    ? Omit<T, keyof Step> & Partial<Step>
    : never
  : never

const officer = 'a1'
const reviewer = 'a2'
const receive = (over: Partial<Bare> = {}): Bare =>
  ({ type: 'Receive', right: 'access', reviewRequired: false, ...over }) as Bare

function run(...commands: Bare[]): CaseState {
  return commands.reduce<CaseState>((state, command) => {
    const full = { by: officer, on: '2026-03-05', ...command } as CaseCommand
    return evolve(state, decide(full, state))
  }, noCase)
}

function statuses(...commands: Bare[]): string[] {
  return commands.map((_, index) => run(...commands.slice(0, index + 1)).status)
}

const identified: Bare = { type: 'NoteIdentity', proof: 'electronicId', on: '2026-03-12' }

test('a case goes from receipt to answer', () => {
  expect(
    statuses(
      receive(),
      { type: 'AskIdentity' },
      identified,
      { type: 'Start', on: '2026-03-13' },
      { type: 'AskClarification', on: '2026-03-14' },
      { type: 'NoteClarification', on: '2026-03-16' },
      { type: 'Extend', reason: 'complexity', on: '2026-04-01' },
      { type: 'Submit', on: '2026-05-01' },
      { type: 'Return', on: '2026-05-02' },
      { type: 'Submit', on: '2026-05-03' },
      { type: 'Answer', outcome: 'part', by: reviewer, on: '2026-05-04' },
      { type: 'Appeal', on: '2026-05-20' },
    ),
  ).toEqual([
    'received',
    'identityRequired',
    'received',
    'inProgress',
    'clarificationRequired',
    'inProgress',
    'extended',
    'review',
    'extended',
    'review',
    'answered',
    'answered',
  ])
})

describe('the time of a case', () => {
  test('knows its pauses and its extension, and alarms by the unpaused day', () => {
    const state = run(receive(), { type: 'AskIdentity', on: '2026-03-06' }, identified)
    if (!isOpen(state)) throw new Error('closed')
    expect(deadlineOf(state)).toMatchObject({
      pausedDays: 6,
      unpaused: { day: '2026-04-07' },
      paused: { day: '2026-04-13' },
    })
    expect([isOverdue(state, '2026-04-07'), isOverdue(state, '2026-04-08')]).toEqual([false, true])
    expect(
      isOverdue(
        evolve(state, decide({ type: 'Withdraw', by: officer, on: '2026-04-08' }, state)),
        '2027-01-01',
      ),
    ).toBe(false)
  })

  test('is extended once, for a reason, and no later than the first month', () => {
    const extend: Bare = { type: 'Extend', reason: 'numberOfRequests', on: '2026-04-07' }
    expect(run(receive(), extend).status).toBe('extended')
    expect(() => run(receive(), extend, extend)).toThrow('once already')
    expect(() => run(receive(), { ...extend, on: '2026-04-08' })).toThrow('2026-04-07')
  })

  test('may be extended while an answer is waited for, without forgetting the question', () => {
    expect(
      run(receive(), { type: 'AskIdentity' }, { type: 'Extend', reason: 'complexity', on: '2026-04-20' })
        .status,
    ).toBe('identityRequired')
  })
})

describe('what is refused', () => {
  test.each([
    ['an answer before work began', receive(), { type: 'Answer', outcome: 'whole' }],
    [
      'an answer while identity is asked',
      receive(),
      { type: 'AskIdentity' },
      { type: 'Answer', outcome: 'whole' },
    ],
    ['a second receipt', receive(), receive()],
    ['a review of nothing', receive(), { type: 'Return' }],
    ['work on a withdrawn case', receive(), { type: 'Withdraw' }, { type: 'Start' }],
    ['an appeal of a withdrawn case', receive(), { type: 'Withdraw' }, { type: 'Appeal' }],
    ['an appeal before a decision', receive(), { type: 'Appeal' }],
    [
      'an answer to someone unknown',
      receive(),
      { type: 'Start' },
      { type: 'AskIdentity' },
      { type: 'NoteIdentity', proof: 'notEstablished' },
      { type: 'Answer', outcome: 'whole' },
    ],
  ] as [string, ...Bare[]][])('%s', (_, ...commands) => {
    expect(() => run(...commands)).toThrow(expect.objectContaining({ code: 'state-conflict' }))
    expect(run(...commands.slice(0, -1)).status).not.toBe('none')
  })

  test('a step on a case that does not exist', () => {
    expect(() => run({ type: 'Start' })).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test('a step dated before the one before it', () => {
    expect(() => run(receive(), { type: 'Start', on: '2026-03-04' })).toThrow(
      expect.objectContaining({ code: 'validation-failed' }),
    )
  })

  test('an answer without the second pair of eyes that is set', () => {
    const upTo: Bare[] = [receive({ reviewRequired: true } as Partial<Bare>), { type: 'Start' }]
    const answer: Bare = { type: 'Answer', outcome: 'whole' }
    expect(() => run(...upTo, answer)).toThrow(expect.objectContaining({ code: 'four-eyes-required' }))
    expect(() => run(...upTo, { type: 'Submit' }, answer)).toThrow(
      expect.objectContaining({ code: 'four-eyes-required' }),
    )
    expect(run(...upTo, { type: 'Submit' }, { ...answer, by: reviewer } as Bare).status).toBe('answered')
  })

  test('access on a ground that only erasure knows', () => {
    expect(() => run(receive(), { type: 'Refuse', ground: 'preservationDuty' })).toThrow(
      expect.objectContaining({ code: 'validation-failed' }),
    )
    expect(
      run(receive({ right: 'erasure' } as Partial<Bare>), { type: 'Refuse', ground: 'preservationDuty' }),
    ).toMatchObject({
      status: 'refused',
      ground: 'preservationDuty',
      closedOn: '2026-03-05',
    })
  })
})

const anyCommand = fc.constantFrom<Bare>(
  receive(),
  { type: 'Start' },
  { type: 'AskIdentity' },
  { type: 'NoteIdentity', proof: 'inPerson' },
  { type: 'AskClarification' },
  { type: 'NoteClarification' },
  { type: 'Extend', reason: 'complexity' },
  { type: 'Submit' },
  { type: 'Return' },
  { type: 'Answer', outcome: 'whole' },
  { type: 'Refuse', ground: 'excessive' },
  { type: 'Withdraw' },
  { type: 'Appeal' },
)

test('whatever is tried, the case keeps its order: one receipt, at most one end, a pause open exactly while waiting', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 25 }), (commands) => {
      let state: CaseState = run(receive())
      let ends = 0
      for (const command of commands) {
        const before = state
        try {
          const event = decide({ by: officer, on: '2026-03-05', ...command } as CaseCommand, state)
          state = evolve(state, event)
        } catch (error) {
          expect(error).toMatchObject({ name: 'DomainError' })
          expect(state).toBe(before)
        }
        if (isOpen(before) && !isOpen(state)) ends += 1
        if (!isOpen(before)) expect(state.status).toBe(before.status)
        if (isOpen(state)) {
          const waiting = state.status === 'identityRequired' || state.status === 'clarificationRequired'
          expect(state.pauses.filter(({ answeredOn }) => answeredOn === undefined)).toHaveLength(
            waiting ? 1 : 0,
          )
        }
      }
      expect(ends).toBeLessThanOrEqual(1)
    }),
    { numRuns: 400 },
  )
})
