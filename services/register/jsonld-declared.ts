import type { ProcessingActivity } from '../events/activity.ts'
import {
  dataSubjectTerms,
  legalBasisTerms,
  personalDataTerms,
  purposeTerms,
  safeguardTerms,
  sensitiveGroundTerms,
} from '../events/register-terms.ts'
import { measures, ownTerms } from './jsonld-parts.ts'
import { day, type Node, ofTerm, without } from './jsonld-words.ts'

const recipientTypes: Readonly<
  Record<NonNullable<ProcessingActivity['recipients']>[number]['kind'], string>
> = {
  processor: 'dpv:DataProcessor',
  platform: 'dpv:ThirdParty',
  authority: 'dpv:Authority',
  police: 'dpv:Authority',
  archive: 'dpv:Authority',
  requester: 'dpv:ThirdParty',
  public: 'dpv:ThirdParty',
  organisation: 'dpv:Organisation',
  other: 'dpv:Recipient',
}

function country(code: string | undefined): Node | undefined {
  return code === undefined ? undefined : { '@type': 'dpv:Country', 'dpv:hasIdentifier': code }
}

/** The declared side of a row. */
export function declaredNode(it: ProcessingActivity): Node {
  return without({
    'dct:description': it.description,
    'dpv:hasPurpose': it.purposes.map((one) => ofTerm(purposeTerms[one.term].dpv, one.text)),
    'dpv:hasLegalBasis': [
      ...it.legalBasis.map(({ term, reference, text }) => ofTerm(legalBasisTerms[term].dpv, text, reference)),
      ...(it.sensitiveGrounds ?? []).map(({ term, reference, text }) =>
        ofTerm(sensitiveGroundTerms[term].dpv, text, reference),
      ),
    ],
    'dpv:hasDataSubject': it.dataSubjects?.map((one) => ofTerm(dataSubjectTerms[one.term].dpv, one.text)),
    'dpv:hasPersonalData': it.personalData?.map((one) => ofTerm(personalDataTerms[one.term].dpv, one.text)),
    'dpv:hasRecipient': it.recipients?.map((one) =>
      without({
        '@type': recipientTypes[one.kind],
        'dpv:hasName': one.name,
        'dpv:hasCountry': country(one.country),
        'dct:description': one.text,
        'liggare:recipientKind': one.kind,
      }),
    ),
    'dpv:hasDataProcessor': it.processors?.map((one) =>
      without({
        '@type': 'dpv:DataProcessor',
        'dpv:hasName': one.name,
        'dpv:hasCountry': country(one.country),
        'dct:description': one.service,
        'liggare:agreement': one.agreement,
      }),
    ),
    'dpv:hasProcessing': it.transfers?.map((one) =>
      without({
        '@type': 'dpv:CrossBorderTransfer',
        'dpv:hasThirdCountry': { '@type': 'dpv:ThirdCountry', 'dpv:hasName': one.destination },
        'dpv:hasDataImporter':
          one.recipient === undefined
            ? undefined
            : { '@type': 'dpv:DataImporter', 'dpv:hasName': one.recipient },
        'dpv:hasLegalBasis':
          one.safeguard === undefined
            ? undefined
            : ofTerm(safeguardTerms[one.safeguard].dpv, one.text, one.documentation),
      }),
    ),
    'dpv:hasDataSource':
      it.source === undefined ? undefined : { '@type': 'dpv:DataSource', 'dct:description': it.source },
    'dpv:hasImpactAssessment':
      it.dpia === undefined
        ? undefined
        : without({
            '@type': 'dpv:DPIA',
            'liggare:needed': it.dpia.needed,
            'dct:date': it.dpia.date === undefined ? undefined : day(it.dpia.date),
            'dct:description': it.dpia.ground,
            'liggare:result': it.dpia.result,
          }),
    'dpv:hasNotice':
      it.information === undefined
        ? undefined
        : without({
            '@type': 'dpv:PrivacyNotice',
            'dct:description': it.information.text,
            'dct:source':
              it.information.address === undefined ? undefined : { '@id': it.information.address },
          }),
    ...measures(it.measures),
    ...ownTerms(it),
  })
}
