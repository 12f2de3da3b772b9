import type { RedactionGround } from './answer.ts'
import type { Arrival, Assurance } from './case-file.ts'
import type { Relation } from './items.ts'

/** Every word of the answer that is not the person's or the register's own. */
export type Words = {
  readonly person: string
  readonly removed: string
  readonly unnamed: string
  readonly title: string
  readonly you: string
  readonly controller: string
  readonly unknown: string
  readonly contents: string
  readonly proposed: string
  readonly yes: string
  readonly no: string
  readonly notStated: string
  readonly none: string
  readonly headings: Readonly<
    Record<
      | 'letter'
      | 'accounts'
      | 'activities'
      | 'disclosures'
      | 'lookUps'
      | 'copy'
      | 'withheld'
      | 'notHeld'
      | 'rights'
      | 'complaint'
      | 'appeal'
      | 'about',
      string
    >
  >
  readonly letter: {
    readonly yes: (controller: string, records: number, from: string, to: string) => string
    readonly no: (controller: string) => string
    readonly received: (day: string, arrival: string) => string
    readonly deadline: (day: string, withEves: string) => string
    readonly upTo: (position: string, time: string) => string
    readonly freeText: string
    /** Position up to which running text was searched, hits, and those that nobody has looked at. */
    readonly freeTextSearched: (upTo: string, hits: number, unreviewed: number) => string
    readonly how: string
    readonly first: string
  }
  readonly columns: Readonly<
    Record<
      | 'purposes'
      | 'legalBasis'
      | 'categories'
      | 'recipients'
      | 'recipient'
      | 'handedOver'
      | 'storage'
      | 'source'
      | 'automated'
      | 'transfers'
      | 'records'
      | 'date'
      | 'kind'
      | 'purpose'
      | 'where'
      | 'ground'
      | 'count'
      | 'platformIds'
      | 'handles'
      | 'names'
      | 'emails'
      | 'profiles'
      | 'networkAddresses'
      | 'devices'
      | 'assurance',
      string
    >
  >
  readonly rightsText: readonly string[]
  readonly complaintText: (authority: string) => string
  readonly appealText: (controller: string, court: string) => readonly string[]
  readonly court: string
  readonly volume: (number: number, of: number) => string
  readonly volumes: (of: number) => string
  readonly glyphs: string
  readonly noTransfers: string
  readonly automatedNo: string
  readonly automatedYes: string
  readonly noDisclosures: string
  readonly disclosureGrounds: Readonly<Record<string, string>>
  /** So many objects, and the numbers of their records in the copy. */
  readonly handedOver: (objects: number, records: readonly number[]) => string
  readonly noLookUps: string
  readonly preparing: (day: string) => string
  readonly unjudged: (count: number) => string
  readonly outside: (channels: string) => string
  readonly maskedNote: string
  readonly noRedactions: string
  readonly disposed: (count: number) => string
  readonly goneUnder: (count: number) => string
  readonly goneWithoutRule: string
  readonly ruledPrivate: (count: number) => string
  readonly disposedRecord: string
  readonly decidedOn: (day: string, position: string) => string
  readonly ownOnly: (channels: string) => string
  readonly nothingMissing: string
  readonly thread: (channel: string) => string
  readonly record: (number: number) => string
  readonly answersTo: (number: number) => string
  readonly fromRecord: (number: number) => string
  readonly keeps: string
  readonly destroys: (period: string) => string
  readonly verbs: Readonly<Record<string, string>>
  readonly relations: Readonly<Record<Relation, string>>
  readonly roles: Readonly<Record<string, string>>
  /** Before what the person has stated beside a record, and before what the officer adds. */
  readonly statement: string
  readonly note: string
  readonly grounds: Readonly<Record<RedactionGround, string>>
  readonly assurances: Readonly<Record<Assurance, string>>
  readonly arrivals: Readonly<Record<Arrival, string>>
  readonly lookKinds: Readonly<Record<string, string>>
  readonly recipientKinds: Readonly<Record<string, string>>
  readonly members: Readonly<
    Record<
      'links' | 'hashtags' | 'attachments' | 'client' | 'reaction' | 'persons' | 'objectId' | 'capacity',
      string
    >
  >
}
