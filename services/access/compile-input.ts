import type { Answer } from './answer.ts'
import type { Compiled, Language } from './case-file.ts'
import type { Gathered } from './gather.ts'

export type CompileInput = {
  readonly case: Answer['case']
  readonly compiled: Compiled
  readonly gathered: Gathered
  /** 32 bytes of this case alone. */
  readonly maskKey: Buffer
  readonly language: Language
  /** What the officer noted, by where in the log it stands. */
  readonly notes: ReadonlyMap<string, string>
}
