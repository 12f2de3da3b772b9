import type { Generated } from 'kysely'

/**
 * Row types of the ledger database for Kysely, generated from migrations/ by `npm run generate`. Whole numbers of 64 bits
 * and days are strings, as our pools give them.
 */
export type Database = {
  'ledger.checkpoint': {
    controller_id: number
    size: string
    signed_at: Date
    note: Buffer
  }
  'ledger.checkpoint_evidence': {
    controller_id: number
    size: string
    kind: string
    name: string
    content: Buffer
    added_at: Date
  }
  'ledger.condemned': {
    controller_id: number
    object_id: string
    position: string
    executed_at: Date | null
  }
  'ledger.controller': {
    controller_id: number
    slug: string
    created_at: Date
  }
  'ledger.delivery': {
    controller_id: number
    delivery_id: string
    channel_id: string
    received_on: string
    platform: string
    mapper: string
    route: string
    bytes: string
    body: Buffer | null
    indexed: boolean
    destroyed_by: string | null
  }
  'ledger.delivery_object': {
    controller_id: number
    object_id: string
    delivery_id: string
  }
  'ledger.event': {
    controller_id: number
    position: string
    event_id: string
    stream_id: string
    stream_version: number
    type: string
    channel_id: string | null
    thread_id: string | null
    capacity: string | null
    occurred_on: string
    recorded_at: Date
    header: string
    entry: Buffer
  }
  'ledger.event_part': {
    controller_id: number
    position: string
    ordinal: number
    subject_id: string
    role: string
    category: string
    digest: Buffer
  }
  'ledger.fact_digest': {
    controller_id: number
    digest: Buffer
    position: string
    content: Buffer | null
  }
  'ledger.identity': {
    controller_id: number
    digest: Buffer
    kind: string
    id: string
  }
  'ledger.log_head': {
    controller_id: number
    size: Generated<string>
    last_recorded_at: Generated<Date>
  }
  'ledger.sealed_part': {
    controller_id: number
    position: string
    ordinal: number
    ciphertext: Buffer
    commitment: Buffer
  }
  'ledger.signing_alarm': {
    controller_id: number
    reason: string
    raised_at: Date
  }
  'ledger.subject': {
    controller_id: number
    subject_id: string
    erased_position: string | null
  }
  'ledger.subject_trait': {
    controller_id: number
    digest: Buffer
    subject_id: string
    kind: string
  }
  'ledger.tile': {
    controller_id: number
    level: number
    tile_index: string
    width: number
    hashes: Buffer
  }
  'ledger.tombstone': {
    controller_id: number
    digest: Buffer
    position: string
  }
  'model.capacity_ruling': {
    controller_id: number
    object_id: string
    ruling_id: string
    position: string
    version: number
    capacity: string
    ground: string
    quarantine_until: string | null
    hold_id: string | null
    contested_position: string | null
    contest_hold_id: string | null
    approved_position: string | null
  }
  'model.channel_reach': {
    controller_id: number
    channel_id: string
    earlier: string[]
    subjects: string
  }
  'model.channel_subject': {
    controller_id: number
    channel_id: string
    subject_id: string
  }
  'model.declaration': {
    controller_id: number
    kind: string
    id: string
    version: number
    position: string
    declared_at: Date
    document: unknown
  }
  'model.diary_entry': {
    controller_id: number
    entry_id: string
    position: string
    version: number
    entered_on: string
    direction: string
    designation: string
    correspondent: string | null
    person: boolean
    brief: string | null
    left_out: string[]
    object_id: string | null
  }
  'model.disclosed_object': {
    controller_id: number
    object_id: string
    disclosure_id: string
  }
  'model.disclosure': {
    controller_id: number
    disclosure_id: string
    position: string
    recipient_kind: string
    organisation: string | null
    person: boolean
    ground: string
    provision: string | null
    reference: string | null
    disclosed_on: string
    objects: number
  }
  'model.hold': {
    controller_id: number
    hold_id: string
    kind: string
    target_id: string
    ground: string
    review_on: string | null
    case_id: string | null
    verb: string | null
    from_on: string | null
    to_on: string | null
    placed_position: string
    lifted_position: string | null
  }
  'model.intent': {
    controller_id: number
    position: string
    purge_id: string
    class_id: number | null
    objects: number
    disposed_position: string | null
  }
  'model.object': {
    controller_id: number
    object_id: string
    class_id: number
    created: boolean
    first_position: string
    last_position: string
    events: number
    thread_id: string | null
    occurred_on: string
    received_on: string
    closed_on: string | null
    obsolete_on: string | null
    withdrawn_on: string | null
    delivered_on: string | null
    mark: Generated<string>
    changed_position: string | null
    condemned_position: string | null
  }
  'model.observation': {
    controller_id: number
    channel_id: string
    verb: string
    category: string
    capacity: string
    records: string
    first_on: string
    last_on: string
  }
  'model.platform_demand': {
    controller_id: number
    demand_id: string
    channel_id: string
    object_id: string | null
    action: string
    demands: number
    demanded_position: string
    demanded_on: string
    decision: string | null
    decided_position: string | null
  }
  'model.purge': {
    controller_id: number
    purge_id: string
    ordered_position: string
    rules_position: string
    planned: number
    object_limit: number
    approval: boolean
    wait_hours: number
    approved_position: string | null
    paused_position: string | null
    aborted_position: string | null
    intents: number
    objects: number
    deferred_position: string | null
    deferred_until: Date | null
    revoked_position: string | null
    released: number
    released_position: string | null
    begun_position: string | null
    executed_position: string | null
    swept_position: string | null
  }
  'model.retention_class': {
    controller_id: number
    class_id: number
    channel_id: string
    verb: string
    capacity: string
  }
  'model.rule_version': {
    controller_id: number
    rule_id: string
    version: number
    position: string
    declared_at: Date
    approval: boolean
    approved_position: string | null
    document: unknown
  }
  'model.supervision_alarm': {
    controller_id: number
    channel_id: string
    due_at: Date
    position: string
  }
  'model.supervision_item': {
    controller_id: number
    item_id: string
    channel_id: string
    object_id: string | null
    source: string
    known_at: Date
    position: string
    action: string | null
    acted_at: Date | null
    acted_position: string | null
  }
  'model.supervision_round': {
    controller_id: number
    round_id: string
    channel_id: string
    position: string
    from_at: Date
    to_at: Date
    seen: number
    acted: number
  }
  'model.unpublication': {
    controller_id: number
    object_id: string
    position: string
    ground: string
  }
}
