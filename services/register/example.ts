import { assembleRegister } from './assemble.ts'
import { compareRegisters, type RegisterDifference } from './difference.ts'
import type { RegisterFacts } from './facts.ts'
import type { Register } from './schemas.ts'

const channel = '0198c5a0-0000-7000-8000-000000000001'

const facts: RegisterFacts = {
  slug: 'kommunstyrelsen',
  today: '2026-03-05',
  size: '3',
  knownAt: '2026-03-05T09:15:01.000Z',
  controller: {
    id: '00000000-0000-8000-8000-000000000001',
    version: 1,
    document: {
      slug: 'kommunstyrelsen',
      name: 'Kommunstyrelsen i Exempelkommun',
      kommunkod: '9999',
      organisationNumber: '212000-9994',
      contact: { function: 'Registrator', email: 'registrator@example.org' },
      dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
      complaintAuthority: { name: 'Integritetsskyddsmyndigheten' },
    },
  },
  channels: [
    {
      id: channel,
      version: 1,
      document: {
        platform: 'facebook',
        name: 'Kommunens sida',
        controllership: 'ownAndThirdParty',
        legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
        openedOn: '2010-02-01',
        publicList: true,
      },
    },
  ],
  activities: [
    {
      id: '0198c5a0-0000-7000-8000-000000000002',
      version: 1,
      document: {
        name: 'Kommunikation på sociala medier',
        purposes: [{ term: 'communication' }],
        legalBasis: [{ term: 'publicTask', reference: 'Reglemente KF 2022/14' }],
        dataSubjects: [{ term: 'visitors' }],
        personalData: [{ term: 'publicText' }],
        status: 'published',
        scope: {},
      },
    },
  ],
  drafted: [],
  rules: [],
  observations: [
    {
      channel,
      verb: 'commented',
      category: 'content',
      capacity: 'undetermined',
      records: 1,
      first: '2026-03-05',
      last: '2026-03-05',
    },
  ],
  retention: [],
  objects: [],
  recipients: [],
  subjects: new Map([[channel, 1]]),
}

/** What the contract shows: made by the same code as an answer. */
export const registerExample: Register = assembleRegister(facts)

export const differenceExample: RegisterDifference = compareRegisters(
  assembleRegister({ ...facts, size: '2', observations: [], subjects: new Map() }),
  registerExample,
)
