import type { ControllerDeclaration } from '../events/controller.ts'
import { legalBasisTerms } from '../events/register-terms.ts'
import { declaredNode } from './jsonld-declared.ts'
import { observedNode, storage } from './jsonld-parts.ts'
import { context, day, type Node, ofTerm, without } from './jsonld-words.ts'
import type { Register, RegisterRow } from './schemas.ts'

function contactNode(type: string, contact: ControllerDeclaration['contact']): Node {
  return without({
    '@type': type,
    'dpv:hasName': contact.function,
    'dpv:hasContact': [contact.email, ...(contact.telephone === undefined ? [] : [contact.telephone])],
    'dpv:hasAddress': contact.postalAddress,
  })
}

function controllerNode({ controller: { slug, declared } }: Register): Node {
  const node = { '@id': `urn:liggare:controller:${slug}`, '@type': 'dpv:DataController' }
  if (declared === undefined) return { ...node, 'liggare:missing': 'a' }
  const { name, organisationNumber, contact, representative, dataProtectionOfficer } = declared
  return without({
    ...node,
    'dpv:hasName': name,
    'dpv:hasIdentifier': organisationNumber,
    'dpv:hasContact': contact.email,
    'dpv:hasAddress': contact.postalAddress,
    'dpv:hasRepresentative':
      representative === undefined ? undefined : contactNode('dpv:Representative', representative),
    'dpv:hasDataProtectionOfficer': contactNode('dpv:DataProtectionOfficer', dataProtectionOfficer),
  })
}

function processNode(register: Register, row: RegisterRow): Node {
  const ids = new Set(row.observed.channels.map(({ id }) => id))
  const joint = register.channels.filter((it) => ids.has(it.id)).flatMap((it) => it.jointControllers ?? [])
  const own = `urn:liggare:controller:${register.controller.slug}`
  return without({
    '@id': row.declared === undefined ? `${own}:own-processing` : `urn:uuid:${row.id}`,
    '@type': 'dpv:Process',
    'dct:title': row.name,
    'dct:hasVersion': row.version,
    'dct:issued': row.declaredOn === undefined ? undefined : day(row.declaredOn),
    'dct:identifier': row.digest,
    'liggare:status': row.status,
    'dpv:hasDataController': { '@id': own },
    'dpv:hasJointDataControllers':
      joint.length === 0
        ? undefined
        : {
            '@type': 'dpv:JointDataControllers',
            'dpv:hasDataController': [
              { '@id': own },
              ...[...new Set(joint)].map((name) => ({ '@type': 'dpv:DataController', 'dpv:hasName': name })),
            ],
          },
    ...(row.declared === undefined ? letterNodes(row) : declaredNode(row.declared)),
    'dpv:hasStorageCondition': storage(row),
    'liggare:missing': row.letters.flatMap((it) => (it.state === 'missing' ? [it.letter] : [])),
    'liggare:none': row.letters.flatMap((it) => (it.state === 'none' ? [it.letter] : [])),
    'liggare:observed': observedNode(row),
  })
}

/** Liggare's own row has words and no declaration: as texts under the letters they answer. */
function letterNodes({ letters, legalBasis }: RegisterRow): Node {
  const lines = (letter: string) => letters.find((it) => it.letter === letter)?.sv ?? []
  const described = (letter: string, type: string) =>
    lines(letter).map((text) => ({ '@type': type, 'dct:description': text }))
  return {
    'dpv:hasPurpose': described('b', 'dpv:Purpose'),
    'dpv:hasPersonalData': described('c', 'dpv:PersonalData'),
    'dpv:hasRecipient': described('d', 'dpv:Recipient'),
    'dpv:hasLegalBasis': legalBasis.map((it) =>
      ofTerm(legalBasisTerms.legalObligation.dpv, it.sv, it.reference),
    ),
    'dpv:hasTechnicalOrganisationalMeasure': described('g', 'dpv:TechnicalOrganisationalMeasure'),
  }
}

/** The register as linked data in the words of the Data Privacy Vocabulary 2.3. */
export function registerJsonLd(register: Register): Node {
  const { controller, findings } = register
  return without({
    '@context': context,
    '@id': `urn:liggare:controller:${controller.slug}:register:${register.digest}`,
    '@type': 'dpv:DataProcessingRecord',
    'dct:title': `Registerförteckning – ${controller.name ?? controller.slug}`,
    'dct:valid': day(register.day),
    'dct:created':
      register.knownAt === undefined ? undefined : { '@type': 'xsd:dateTime', '@value': register.knownAt },
    'dct:identifier': register.digest,
    'liggare:logSize': { '@type': 'xsd:integer', '@value': register.size },
    'dpv:hasDataController': controllerNode(register),
    'dpv:hasProcess': register.rows.map((row) => processNode(register, row)),
    'liggare:channel': register.channels.map((it) =>
      without({
        '@id': `urn:uuid:${it.id}`,
        '@type': 'liggare:Channel',
        'dct:title': it.name,
        'liggare:platform': it.platform,
        'liggare:controllership': it.controllership,
        'dct:source': it.legalSource,
        'liggare:records': it.records,
        'liggare:subjects': it.subjects,
      }),
    ),
    'liggare:finding': findings.map((it) =>
      without({
        '@type': 'liggare:Finding',
        'dct:identifier': it.code,
        'liggare:severity': it.severity,
        'dct:subject': it.activity === undefined ? undefined : { '@id': `urn:uuid:${it.activity}` },
        'dct:description': [
          { '@language': 'sv', '@value': it.sv },
          { '@language': 'en', '@value': it.en },
        ],
        'liggare:todo': [
          { '@language': 'sv', '@value': it.todo.sv },
          { '@language': 'en', '@value': it.todo.en },
        ],
      }),
    ),
  })
}
