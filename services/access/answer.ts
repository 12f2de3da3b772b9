import type { Day } from '../events/vocabulary.ts'
import type { Arrival, Assurance, Language } from './case-file.ts'
import type { LastDay } from './clock.ts'
import type { Relation } from './items.ts'
import type { MaskGround } from './mask.ts'
import type { ReviewGround } from './review-rules.ts'

/**
 * Why something of the copy is not given as it stands. The first three are spans inside texts (art. 15.4).
 * - `accountNotProven`: private, and the account is linked on the officer's judgement alone.
 * - `unknownAuthor`: written by somebody the log cannot name, and not about the person.
 * - `extract`: as much of another's text as is needed to understand the rest.
 * - `unreviewed`: raw material of the platform that nobody has looked through.
 */
export type RedactionGround =
  | ReviewGround
  | MaskGround
  | 'accountNotProven'
  | 'unknownAuthor'
  | 'extract'
  | 'unreviewed'

/** One redaction: where in this answer (RFC 6901), why, how many times. */
export type Redaction = {
  readonly path: string
  readonly ground: RedactionGround
  readonly count: number
  /** The provision that the officer applied. */
  readonly provision?: string
}

/** A word of a vocabulary in the answer's language, with what the register adds to it. */
export type Said = { readonly term: string; readonly label: string; readonly text?: string }

export type AnswerRule = {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly action: 'preserve' | 'destroy'
  readonly period?: string
  readonly start: string
  readonly decision?: { readonly body: string; readonly reference: string; readonly date: Day }
}

/** Art. 15.1 (a)–(h) and 15.2 for one processing activity. A member left out is not stated in the register. */
export type AnswerActivity = {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly records: number
  readonly purposes: readonly Said[]
  readonly legalBasis: readonly Said[]
  readonly categories?: readonly Said[]
  readonly recipients?: readonly {
    readonly kind: string
    readonly name?: string
    readonly country?: string
    readonly text?: string
  }[]
  readonly transfers?: readonly {
    readonly destination: string
    readonly safeguard?: string
    readonly text?: string
  }[]
  readonly storage: { readonly text?: string; readonly rules: readonly AnswerRule[] }
  readonly source: { readonly text?: string; readonly channels: readonly string[] }
  readonly automatedDecisions?: { readonly used: boolean; readonly text?: string }
}

/** Somebody to whom records of the person were actually handed (art. 15.1 c, C-154/21). */
export type AnswerDisclosure = {
  readonly on: Day
  readonly kind: string
  readonly organisation?: string
  /** A private person, by a pseudonym of this answer: who asks for a public record is not asked who they are (TF 2:18). */
  readonly person?: string
  readonly ground: string
  readonly provision?: string
  readonly reference?: string
  /** How many of the person's objects they got, and which records of the copy these are. */
  readonly objects: number
  readonly records: readonly number[]
}

/** How many records are gone under the same decision. */
export type AnswerGone = AnswerDisposal & { readonly records: number }

export type AnswerPerson = {
  readonly kind: 'you' | 'controller' | 'other' | 'unknown'
  /** The channel's name for the controller, a pseudonym for others. */
  readonly name?: string
}

export type AnswerRecord = {
  readonly number: number
  /** The event's id: by it the officer decides of this record. */
  readonly id: string
  /** Where it stands in the log. */
  readonly position: string
  readonly relation: Relation
  readonly verb: string
  readonly occurredAt: string
  readonly precision?: string
  readonly recordedOn: Day
  readonly author: AnswerPerson
  readonly persons?: readonly (AnswerPerson & { readonly role: string })[]
  readonly objectId?: string
  readonly inReplyTo?: number
  readonly derivedFrom?: number
  readonly title?: string
  readonly text?: string
  readonly language?: string
  readonly reaction?: string
  readonly links?: readonly string[]
  readonly hashtags?: readonly string[]
  readonly attachments?: readonly {
    readonly url?: string
    readonly mediaType?: string
    readonly description?: string
  }[]
  readonly client?: string
  readonly capacity?: string
  /** The content has been destroyed: by which decision, and where that stands in the log. */
  readonly disposed?: AnswerDisposal
  /** What the officer adds to explain it. */
  readonly notes?: readonly string[]
  /** What the person has stated beside it (art. 16). */
  readonly statements?: readonly string[]
  /** Text that is withheld as a whole. */
  readonly withheld?: RedactionGround
  /** Content of an event that is no interaction. */
  readonly other?: readonly string[]
}

export type AnswerDisposal = {
  readonly decidedOn?: Day
  readonly position?: string
  readonly rules: readonly AnswerRule[]
}

export type AnswerThread = {
  readonly channel: string
  readonly platform: string
  readonly records: readonly AnswerRecord[]
}

/** What the log knows an account of the person as. */
export type AnswerAccount = {
  readonly assurance: Assurance
  readonly platformIds: readonly string[]
  readonly handles: readonly string[]
  readonly names: readonly string[]
  readonly emails: readonly string[]
  readonly profiles: readonly string[]
  readonly networkAddresses: readonly string[]
  readonly devices: readonly string[]
}

export type AnswerContact = {
  readonly function: string
  readonly email: string
  readonly telephone?: string
  readonly postalAddress?: string
}

/** The answer to a request under art. 15. Same case, same decisions, same language: same bytes. */
export type Answer = {
  readonly format: 'liggare/access-answer/v1'
  readonly language: Language
  readonly case: { readonly id: string; readonly receivedOn: Day; readonly arrival: Arrival }
  /** Everything in the log before this position has been looked through by its index of persons. */
  readonly upTo: { readonly position: string; readonly recordedAt: string }
  readonly preparedOn: Day
  readonly deadline: { readonly unpaused: LastDay; readonly paused?: LastDay; readonly extended: boolean }
  readonly controller: {
    readonly name: string
    readonly organisationNumber?: string
    readonly contact?: AnswerContact
    readonly dataProtectionOfficer?: AnswerContact
    readonly complaintAuthority: { readonly name: string; readonly email?: string; readonly url?: string }
    readonly administrativeCourt?: string
  }
  readonly confirmation: {
    readonly processed: boolean
    readonly records: number
    readonly firstOn?: Day
    readonly lastOn?: Day
  }
  readonly accounts: readonly AnswerAccount[]
  readonly activities: readonly AnswerActivity[]
  /** Channels where the person stands and no activity of the register covers it. */
  readonly outsideRegister: readonly string[]
  readonly disclosures: readonly AnswerDisclosure[]
  readonly lookUps: readonly { readonly on: Day; readonly kind: string; readonly purpose?: string }[]
  readonly lookUpsUnjudged: number
  readonly copy: { readonly threads: readonly AnswerThread[] }
  readonly withheld: { readonly privateRecords: number; readonly redactions: readonly Redaction[] }
  readonly notHeld: {
    readonly disposed: number
    /** The same by decision, the earliest first. */
    readonly under: readonly AnswerGone[]
    /** Records of acts that somebody's ruling has found to be private: none of the controller's. */
    readonly ruledPrivate: number
    readonly ownContentOnly: readonly string[]
  }
  /** Up to which position the texts of others were searched for the person's names: not at all, when left out. */
  readonly searched: {
    readonly persons: string
    readonly freeText?: { readonly upTo: string; readonly hits: number; readonly unreviewed: number }
  }
}
