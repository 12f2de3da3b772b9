import type { Actor } from '../ledger/command.ts'

/** Who looks at personal data, and why in words: the log keeps both. */
export type Why = { readonly actor: Actor; readonly purpose: string }
