import type { AccessCase } from './schemas-case.ts'

const lastDay = { nominal: '2026-04-05', day: '2026-04-07', withEves: '2026-04-07' }
const subject = 'c1f7a8de-0000-4000-8000-000000000017'
const hold = '0198c5a0-0000-7000-8000-000000000031'

export const purposeExample = 'Begäran om registerutdrag, dnr KS 2026/117'

export const caseExample: AccessCase = {
  id: '0198c5a0-0000-7000-8000-000000000030',
  status: 'inProgress',
  version: 3,
  right: 'access',
  actingFor: 'self',
  minor: false,
  protected: false,
  receivedOn: '2026-03-05',
  arrival: 'email',
  language: 'sv',
  reviewRequired: false,
  deadline: { unpaused: lastDay, standsStill: false, daysLeft: 26, overdue: false, refusalBy: lastDay },
  rejected: [],
  reminded: [],
  links: [{ subject, assurance: 'code', hold }],
}

export const openExample = {
  arrivedOn: '2026-03-05',
  arrival: 'email',
  language: 'sv',
  requester: { reference: 'KS 2026/117', identifiers: [{ handle: 'exempelperson' }] },
}

export const linkExample = { subject, assurance: 'code', note: 'Koden lästes upp från kontot.' }

export const findExample = {
  lookUp: '20',
  candidates: [
    {
      subject,
      match: 'exact' as const,
      confidence: 1,
      reasons: ['platformId' as const],
      records: 17,
      firstOn: '2024-02-01',
      lastOn: '2026-03-05',
      channels: ['0198c5a0-0000-7000-8000-000000000001'],
      erased: false,
    },
  ],
}

export const packageExample = {
  lookUp: '25',
  case: { ...caseExample, version: 4, fixedAt: '24' },
  answer: {
    format: 'liggare/access-answer/v1',
    language: 'sv',
    confirmation: { processed: false, records: 0 },
  },
  html: '<!doctype html><html lang="sv">…</html>',
}

export const handOutExample = {
  id: '0198c5a0-0000-7000-8000-000000000040',
  case: caseExample.id,
  how: 'download' as const,
  position: '24',
  digest: `sha256:${'0'.repeat(64)}`,
  expiresAt: '2026-03-19T10:00:00Z',
  link: '/liggare/v1/controllers/kommunstyrelsen/access-downloads/0198c5a0-0000-7000-8000-000000000040.kZ…',
}

export const searchExample = {
  id: '0198c5a0-0000-7000-8000-000000000050',
  state: 'running' as const,
  through: '20000',
  upTo: '100000',
  texts: 12_000,
  hits: 3,
  unreviewed: 3,
  secondsLeft: 12,
}

export const hitsExample = {
  total: 1,
  hits: [
    {
      event: '0198c5a0-0000-7000-8000-000000000051',
      position: '1017',
      texts: ['Såg Exempla Exempelsson på biblioteket.'],
    },
  ],
}
