/** A word of a closed vocabulary: its term in DPV 2.3 (checked against the release) and what people read. */
export type Term = { readonly dpv: string; readonly sv: string; readonly en: string }

function term(dpv: string, sv: string, en: string): Term {
  return { dpv, sv, en }
}

/** Art. 6.1 GDPR. For a municipality it is as a rule publicTask. */
export const legalBasisTerms = {
  consent: term('eu-gdpr:A6-1-a', 'Samtycke, art. 6.1 a', 'Consent, art. 6.1 a'),
  contract: term('eu-gdpr:A6-1-b', 'Avtal, art. 6.1 b', 'Contract, art. 6.1 b'),
  legalObligation: term(
    'eu-gdpr:A6-1-c',
    'Rättslig förpliktelse, art. 6.1 c',
    'Legal obligation, art. 6.1 c',
  ),
  vitalInterests: term(
    'eu-gdpr:A6-1-d',
    'Grundläggande intressen, art. 6.1 d',
    'Vital interests, art. 6.1 d',
  ),
  publicTask: term(
    'eu-gdpr:A6-1-e-public-interest',
    'Uppgift av allmänt intresse, art. 6.1 e',
    'Task in the public interest, art. 6.1 e',
  ),
  officialAuthority: term(
    'eu-gdpr:A6-1-e-official-authority',
    'Myndighetsutövning, art. 6.1 e',
    'Official authority, art. 6.1 e',
  ),
  legitimateInterests: term(
    'eu-gdpr:A6-1-f',
    'Intresseavvägning, art. 6.1 f',
    'Legitimate interests, art. 6.1 f',
  ),
} as const satisfies Record<string, Term>

/** Art. 9.2 GDPR. */
export const sensitiveGroundTerms = {
  explicitConsent: term('eu-gdpr:A9-2-a', 'Uttryckligt samtycke, art. 9.2 a', 'Explicit consent, art. 9.2 a'),
  employmentAndSocialSecurity: term(
    'eu-gdpr:A9-2-b',
    'Arbetsrätt och social trygghet, art. 9.2 b',
    'Employment and social security, art. 9.2 b',
  ),
  vitalInterests: term(
    'eu-gdpr:A9-2-c',
    'Grundläggande intressen, art. 9.2 c',
    'Vital interests, art. 9.2 c',
  ),
  nonprofitBody: term('eu-gdpr:A9-2-d', 'Ideell organisation, art. 9.2 d', 'Non-profit body, art. 9.2 d'),
  manifestlyMadePublic: term(
    'eu-gdpr:A9-2-e',
    'Offentliggjorts av den registrerade, art. 9.2 e',
    'Made public by the data subject, art. 9.2 e',
  ),
  legalClaims: term('eu-gdpr:A9-2-f', 'Rättsliga anspråk, art. 9.2 f', 'Legal claims, art. 9.2 f'),
  substantialPublicInterest: term(
    'eu-gdpr:A9-2-g',
    'Viktigt allmänt intresse, art. 9.2 g',
    'Substantial public interest, art. 9.2 g',
  ),
  healthCare: term('eu-gdpr:A9-2-h', 'Hälso- och sjukvård, art. 9.2 h', 'Health or social care, art. 9.2 h'),
  publicHealth: term('eu-gdpr:A9-2-i', 'Folkhälsa, art. 9.2 i', 'Public health, art. 9.2 i'),
  archivingOrResearch: term(
    'eu-gdpr:A9-2-j',
    'Arkiv, forskning eller statistik, art. 9.2 j',
    'Archiving, research or statistics, art. 9.2 j',
  ),
} as const satisfies Record<string, Term>

/** Arts. 45, 46 and 49 GDPR. For compellingInterests (49.1 second sub-paragraph) the register must hold the documentation. */
export const safeguardTerms = {
  adequacyDecision: term(
    'eu-gdpr:A45-3',
    'Beslut om adekvat skyddsnivå, art. 45.3',
    'Adequacy decision, art. 45.3',
  ),
  publicAuthorityInstrument: term(
    'eu-gdpr:A46-2-a',
    'Instrument mellan myndigheter, art. 46.2 a',
    'Instrument between authorities, art. 46.2 a',
  ),
  bindingCorporateRules: term(
    'eu-gdpr:A46-2-b',
    'Bindande företagsbestämmelser, art. 46.2 b',
    'Binding corporate rules, art. 46.2 b',
  ),
  standardContractualClauses: term(
    'eu-gdpr:A46-2-c',
    'Kommissionens standardavtalsklausuler, art. 46.2 c',
    'Standard contractual clauses, art. 46.2 c',
  ),
  authorityContractualClauses: term(
    'eu-gdpr:A46-2-d',
    'Tillsynsmyndighetens standardavtalsklausuler, art. 46.2 d',
    "Supervisory authority's clauses, art. 46.2 d",
  ),
  codeOfConduct: term('eu-gdpr:A46-2-e', 'Uppförandekod, art. 46.2 e', 'Code of conduct, art. 46.2 e'),
  certification: term('eu-gdpr:A46-2-f', 'Certifiering, art. 46.2 f', 'Certification, art. 46.2 f'),
  approvedContractualClauses: term(
    'eu-gdpr:A46-3-a',
    'Godkända avtalsklausuler, art. 46.3 a',
    'Authorised contractual clauses, art. 46.3 a',
  ),
  administrativeArrangement: term(
    'eu-gdpr:A46-3-b',
    'Administrativ överenskommelse, art. 46.3 b',
    'Administrative arrangement, art. 46.3 b',
  ),
  explicitConsent: term(
    'eu-gdpr:A49-1-a',
    'Uttryckligt samtycke, art. 49.1 a',
    'Explicit consent, art. 49.1 a',
  ),
  contract: term(
    'eu-gdpr:A49-1-b',
    'Avtal med den registrerade, art. 49.1 b',
    'Contract with the data subject, art. 49.1 b',
  ),
  contractInTheirInterest: term(
    'eu-gdpr:A49-1-c',
    'Avtal i den registrerades intresse, art. 49.1 c',
    "Contract in the data subject's interest, art. 49.1 c",
  ),
  publicInterest: term(
    'eu-gdpr:A49-1-d',
    'Viktiga skäl av allmänintresse, art. 49.1 d',
    'Important reasons of public interest, art. 49.1 d',
  ),
  legalClaims: term('eu-gdpr:A49-1-e', 'Rättsliga anspråk, art. 49.1 e', 'Legal claims, art. 49.1 e'),
  vitalInterests: term(
    'eu-gdpr:A49-1-f',
    'Grundläggande intressen, art. 49.1 f',
    'Vital interests, art. 49.1 f',
  ),
  publicRegister: term('eu-gdpr:A49-1-g', 'Offentligt register, art. 49.1 g', 'Public register, art. 49.1 g'),
  compellingInterests: term(
    'eu-gdpr:A49-2',
    'Tvingande berättigade intressen, art. 49.1 andra stycket',
    'Compelling legitimate interests, art. 49.1 second sub-paragraph',
  ),
} as const satisfies Record<string, Term>

export const purposeTerms = {
  communication: term(
    'dpv:CommunicationManagement',
    'Kommunikation med allmänheten',
    'Communication with the public',
  ),
  publicRelations: term(
    'dpv:PublicRelations',
    'Information om verksamheten',
    'Information on the activities',
  ),
  publicBenefit: term('dpv:PublicBenefit', 'Allmännytta', 'Public benefit'),
  serviceProvision: term('dpv:ServiceProvision', 'Service till enskilda', 'Service to individuals'),
  improvePublicServices: term(
    'dpv:ImprovePublicServices',
    'Förbättring av offentlig service',
    'Improvement of public services',
  ),
  publicPolicyMaking: term(
    'dpv:PublicPolicyMaking',
    'Medborgardialog och beslutsunderlag',
    'Public dialogue and policy making',
  ),
  recordManagement: term(
    'dpv:RecordManagement',
    'Dokumenthantering och arkiv',
    'Records management and archive',
  ),
  legalCompliance: term('dpv:LegalCompliance', 'Efterlevnad av lag', 'Legal compliance'),
  rightsFulfilment: term(
    'dpv:RightsFulfilment',
    'Tillgodose den registrerades rättigheter',
    "Fulfilment of the data subject's rights",
  ),
  misusePrevention: term(
    'dpv:MisusePreventionAndDetection',
    'Uppsikt och borttagning av otillåtet innehåll',
    'Supervision and removal of unlawful content',
  ),
  security: term('dpv:EnforceSecurity', 'Säkerhet', 'Security'),
  disputeManagement: term('dpv:DisputeManagement', 'Tvister och överklaganden', 'Disputes and appeals'),
  personnelManagement: term('dpv:PersonnelManagement', 'Personaladministration', 'Personnel management'),
  usageAnalytics: term('dpv:ServiceUsageAnalytics', 'Besöksstatistik', 'Usage statistics'),
  research: term('dpv:ScientificResearch', 'Forskning', 'Research'),
  other: term('dpv:Purpose', 'Annat ändamål', 'Other purpose'),
} as const satisfies Record<string, Term>

export const dataSubjectTerms = {
  visitors: term(
    'dpv:Visitor',
    'Besökare som skriver, reagerar eller delar',
    'Visitors who write, react or share',
  ),
  followers: term('dpv:Subscriber', 'Följare', 'Followers'),
  citizens: term('dpv:Citizen', 'Medborgare', 'Citizens'),
  employees: term('dpv:Employee', 'Anställda', 'Employees'),
  electedRepresentatives: term('dpv:DataSubject', 'Förtroendevalda', 'Elected representatives'),
  children: term('dpv:Child', 'Barn', 'Children'),
  guardians: term('dpv:GuardianOfDataSubject', 'Vårdnadshavare', 'Guardians'),
  students: term('dpv:Student', 'Elever', 'Pupils and students'),
  mentionedPersons: term(
    'dpv:DataSubject',
    'Personer som nämns, märks eller citeras',
    'Persons mentioned, tagged or quoted',
  ),
  journalists: term('dpv:DataSubject', 'Journalister', 'Journalists'),
  businessContacts: term('dpv:DataSubject', 'Kontaktpersoner', 'Business contacts'),
  applicants: term(
    'dpv:Applicant',
    'De som begär registerutdrag eller annan rättighet',
    'Persons who exercise their rights',
  ),
  other: term('dpv:DataSubject', 'Andra registrerade', 'Other data subjects'),
} as const satisfies Record<string, Term>

/** Categories of personal data. The last group is sensitive or specially protected (arts. 9, 10 and 87 GDPR). */
export const personalDataTerms = {
  accountId: term('pd:AccountIdentifier', 'Kontots id på plattformen', "The account's id on the platform"),
  handle: term('pd:Username', 'Användarnamn', 'User name'),
  name: term('pd:Name', 'Namn', 'Name'),
  email: term('pd:EmailAddress', 'E-postadress', 'E-mail address'),
  telephone: term('pd:TelephoneNumber', 'Telefonnummer', 'Telephone number'),
  address: term('pd:PhysicalAddress', 'Adress', 'Address'),
  profile: term('pd:Profile', 'Profil och profillänk', 'Profile and its address'),
  networkAddress: term('pd:IPAddress', 'IP-adress', 'IP address'),
  device: term('pd:UserAgent', 'Webbläsare och utrustning', 'Browser and device'),
  publicText: term(
    'pd:PubliclyAvailableSocialMedia',
    'Offentliga inlägg och kommentarer',
    'Public posts and comments',
  ),
  privateMessage: term('pd:SocialMediaCommunication', 'Privata meddelanden', 'Private messages'),
  opinion: term('pd:Opinion', 'Åsikter', 'Opinions'),
  reaction: term('pd:Like', 'Reaktioner', 'Reactions'),
  relation: term('pd:SocialNetwork', 'Följanden och kontakter', 'Follows and connections'),
  picture: term('pd:Picture', 'Bild, ljud och film', 'Pictures, sound and film'),
  location: term('pd:Location', 'Plats', 'Location'),
  profession: term('pd:Professional', 'Yrke och uppdrag', 'Profession and office'),
  timeOfAct: term(
    'pd:CommunicationsMetadata',
    'Tid och teknik för handlingen',
    'Time and technique of the act',
  ),
  personalNumber: term('pd:OfficialID', 'Person- och samordningsnummer', 'Personal and coordination numbers'),
  health: term('pd:Health', 'Hälsa', 'Health'),
  ethnicOrigin: term('pd:EthnicOrigin', 'Etniskt ursprung', 'Ethnic origin'),
  politicalOpinion: term('pd:PoliticalOpinion', 'Politisk åsikt', 'Political opinion'),
  religiousBelief: term('pd:ReligiousBelief', 'Religiös övertygelse', 'Religious belief'),
  philosophicalBelief: term('pd:PhilosophicalBelief', 'Filosofisk övertygelse', 'Philosophical belief'),
  tradeUnionMembership: term(
    'pd:TradeUnionMembership',
    'Medlemskap i fackförening',
    'Trade union membership',
  ),
  sexualLife: term('pd:Sexual', 'Sexualliv och sexuell läggning', 'Sex life and sexual orientation'),
  biometric: term('pd:Biometric', 'Biometriska uppgifter', 'Biometric data'),
  genetic: term('pd:Genetic', 'Genetiska uppgifter', 'Genetic data'),
  offence: term('pd:Criminal', 'Lagöverträdelser, art. 10', 'Offences, art. 10'),
  other: term('dpv:PersonalData', 'Andra personuppgifter', 'Other personal data'),
} as const satisfies Record<string, Term>

export const measureTerms = {
  encryptionAtRest: term('dpv:EncryptionAtRest', 'Kryptering vid lagring', 'Encryption at rest'),
  encryptionInTransfer: term(
    'dpv:EncryptionInTransfer',
    'Kryptering vid överföring',
    'Encryption in transfer',
  ),
  keyManagement: term('dpv:CryptographicKeyManagement', 'Nyckelhantering', 'Key management'),
  pseudonymisation: term('dpv:Pseudonymisation', 'Pseudonymisering', 'Pseudonymisation'),
  redaction: term('dpv:DataRedaction', 'Maskning', 'Redaction'),
  accessControl: term('dpv:AccessControlMethod', 'Behörighetsstyrning', 'Access control'),
  authentication: term('dpv:AuthenticationProtocols', 'Autentisering', 'Authentication'),
  monitoring: term('dpv:ActivityMonitoring', 'Loggning av åtkomst', 'Logging of access'),
  backup: term('dpv:DataBackupProtocols', 'Säkerhetskopiering', 'Backup'),
  erasurePolicy: term('dpv:DataErasurePolicy', 'Gallringsrutiner', 'Erasure policy'),
  staffTraining: term('dpv:StaffTraining', 'Utbildning av personal', 'Staff training'),
  incidentManagement: term('dpv:IncidentManagementProcedures', 'Incidenthantering', 'Incident management'),
  approval: term('dpv:ApprovalProcedure', 'Godkännande av två personer', 'Approval by a second person'),
  audit: term('dpv:Audit', 'Granskning', 'Audit'),
  otherTechnical: term('dpv:TechnicalMeasure', 'Annan teknisk åtgärd', 'Other technical measure'),
  otherOrganisational: term(
    'dpv:OrganisationalMeasure',
    'Annan organisatorisk åtgärd',
    'Other organisational measure',
  ),
} as const satisfies Record<string, Term>
