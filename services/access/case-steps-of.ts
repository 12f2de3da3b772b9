import { DomainError } from '../platform/errors.ts'
import type { StepCommand } from './case-steps.ts'
import type { CaseStep } from './schemas-case.ts'
import type { RequestedRight } from './states.ts'

/** The command that a step asked for over the API or on the command line means. */
export function commandOf(step: CaseStep, right: RequestedRight): StepCommand {
  switch (step.step) {
    case 'start':
      return { type: 'Start' }
    case 'protect':
      return { type: 'Protect' }
    case 'askIdentity':
      return { type: 'AskIdentity' }
    case 'noteIdentity':
      return { type: 'NoteIdentity', proof: step.proof }
    case 'noteAuthority':
      return { type: 'NoteAuthority', authority: step.authority }
    case 'askClarification':
      return { type: 'AskClarification' }
    case 'noteClarification':
      return { type: 'NoteClarification' }
    case 'extend':
      return { type: 'Extend', reason: step.reason }
    case 'submit':
      return { type: 'Submit' }
    case 'return':
      return { type: 'Return' }
    case 'refuse':
      return { type: 'Refuse', ground: step.ground }
    case 'withdraw':
      return { type: 'Withdraw' }
    case 'answer':
      if (right === 'access') {
        throw new DomainError('state-conflict', 'A request for access is answered with its answer: /answer')
      }
      return { type: 'Answer', outcome: step.outcome }
    case 'appeal': {
      const { cameInOn, servedOn } = step
      return { type: 'Appeal', ...(cameInOn && { cameInOn }), ...(servedOn && { servedOn }) }
    }
    default:
      return step satisfies never
  }
}
