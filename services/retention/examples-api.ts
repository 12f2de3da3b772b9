/** What the contract shows of retention: invented, but as it would be answered. */
const id = (last: number) => `0198c5a0-0000-7000-8000-0000000000${last}`
const rule = { rule: id(11), version: 1, name: 'Kommentarer av ringa betydelse' }
const word = { channel: id(10), verb: 'commented', capacity: 'undetermined' }

export const previewExample = {
  on: '2026-11-23',
  rulesPosition: '8',
  classes: [
    {
      ...word,
      tags: [],
      rules: [rule],
      objects: 1801,
      oldest: '2023-02-01',
      held: 1,
      holds: [{ ground: 'appeal', objects: 1 }],
    },
  ],
  rules: [{ ...rule, objects: 1801 }],
  objects: 1801,
  held: 1,
  oldest: '2023-02-01',
}

export const retentionExample = {
  object: id(18),
  ...word,
  tags: ['trifling'],
  on: '2026-11-23',
  days: { occurredOn: '2026-10-01', receivedOn: '2026-10-02', publishedOn: '2026-10-01' },
  why: { code: 'notDue', sv: 'Fristen har inte löpt ut.', en: 'The period has not run out.' },
  policy: 'longest',
  policyGround: 'Dokumenthanteringsplanen, avsnitt 3',
  dueDay: '2026-12-02',
  winner: { rule: id(11), version: 1 },
  rules: [
    {
      ...rule,
      code: 'wins',
      sv: 'Regeln avgör.',
      en: 'The rule decides.',
      trigger: 'receivedOn',
      startDay: '2026-10-02',
      dueDay: '2026-12-02',
    },
  ],
  holds: [],
  condemnedPosition: null,
  disposedPosition: null,
}

const step = { position: '1900', at: '2026-11-23T09:15:01.000Z', by: id(20) }

export const purgeExample = {
  id: id(17),
  phase: 'waiting',
  planned: 1800,
  limit: 1800,
  approval: true,
  intents: 0,
  objects: 0,
  destroyed: 0,
  released: 0,
  waitHours: 0,
  revocableUntil: null,
  ordered: step,
  approved: null,
  paused: null,
  revoked: null,
  begun: null,
  aborted: null,
  executed: null,
  swept: null,
}

export const revokeExample = {
  decision: {
    body: 'Kommunstyrelsen',
    reference: 'KS 2026/131',
    paragraph: '§ 12',
    date: '2026-11-24',
    wording: 'Gallringen återkallas i väntan på arkivmyndighetens besked.',
  },
}

export const certificateExample = {
  certificate: 'liggare/disposal-certificate/v1',
  controller: 'kommunstyrelsen',
  purge: id(17),
  decisions: [
    {
      rule: id(11),
      version: 1,
      name: rule.name,
      recordType: 'Kommentar på kommunens sida',
      period: 'P2M',
      decision: { body: 'Kommunstyrelsen', reference: 'KS 2026/117', paragraph: '§ 42', date: '2026-01-15' },
    },
  ],
  counts: [{ ...word, objects: 1800 }],
  objects: 1800,
  records: 1843,
  positions: `sha256:${'0'.repeat(64)}`,
  oldest: '2023-02-01',
  newest: '2026-09-22',
  orderer: id(20),
  approver: id(21),
  executor: id(22),
  orderedAt: step.at,
  approvedAt: '2026-11-23T10:02:11.000Z',
  abortedAt: null,
  destroyedAt: '2026-11-23T10:02:16.000Z',
  irrecoverableAt: null,
  log: {
    orderedPosition: '1900',
    approvedPosition: '1901',
    abortedPosition: null,
    executedPosition: '1904',
    sweptPosition: null,
    sizeBefore: '1900',
    sizeAfter: '1905',
  },
}

export const placeHoldExample = {
  kind: 'object',
  target: id(18),
  ground: 'appeal',
  text: 'Överklagat till förvaltningsrätten.',
  reviewOn: '2027-03-01',
} as const

export const holdExample = {
  id: id(17),
  kind: 'object',
  target: id(18),
  verb: null,
  from: null,
  to: null,
  ground: 'appeal',
  reviewOn: '2027-03-01',
  case: null,
  placedPosition: '1906',
  liftedPosition: null,
}

export const triggerExample = {
  trigger: 'declaredObsolete',
  day: '2026-03-05',
  objects: [id(18)],
} as const
