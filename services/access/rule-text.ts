import type { AnswerRule } from './answer.ts'
import type { Language } from './case-file.ts'
import { periodInWords } from './html-format.ts'
import type { Words } from './words-shape.ts'

/** A retention rule in a sentence: what happens when, by whose decision. */
export function ruleText(rule: AnswerRule, words: Words, language: Language): string {
  const { name, action, period, decision } = rule
  const does =
    action === 'preserve' || period === undefined
      ? words.keeps
      : words.destroys(periodInWords(period, language))
  const by = decision === undefined ? '' : ` (${decision.body} ${decision.reference}, ${decision.date})`
  return `${name}: ${does}${by}`
}
