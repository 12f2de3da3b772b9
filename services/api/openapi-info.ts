import type { JsonObject } from './openapi-schemas.ts'
import { scopes } from './scopes.ts'
import { apiVersion, basePath } from './version.ts'

/** Who stands behind the API and on what terms (DIGG's profile, DOK and the document rules). */
export const info: JsonObject = {
  title: 'Liggare',
  summary: 'Register över personuppgifter i sociala medier / record of personal data in social media',
  description: [
    'Antecknar en myndighets interaktioner i sociala medier i en logg som bara växer, och härleder därur',
    'registerförteckning (GDPR art. 30), gallring och registerutdrag (art. 15).',
    '',
    "Records a public body's social media interactions in an append-only log, and derives from it",
    'the register of processing (GDPR art. 30), retention and the answer to the person (art. 15).',
  ].join('\n'),
  version: apiVersion,
  termsOfService: 'https://example.org/liggare/villkor',
  contact: {
    name: 'Kommunens dataskyddsombud',
    url: 'https://example.org/kontakt',
    email: 'dataskyddsombud@example.org',
  },
  license: {
    name: 'EUPL-1.2',
    url: 'https://interoperable-europe.ec.europa.eu/collection/eupl/eupl-text-eupl-12',
  },
  'x-sla': 'Anges av den som driver tjänsten / stated by whoever runs the service',
  'x-limitations':
    'Högst 4 MiB per begäran om inget annat ställts in; förfrågningar utan åtkomstbevis begränsas / at most 4 MiB per request unless set otherwise; requests without a token are limited',
}

export const servers: JsonObject[] = [
  {
    url: `https://{host}${basePath}`,
    description: 'Den myndighet som driver tjänsten / the body that runs the service',
    variables: { host: { default: 'liggare.example.org', description: 'Värdnamn / host name' } },
  },
]

export const securitySchemes: JsonObject = {
  oauth: {
    type: 'oauth2',
    description:
      'Åtkomstbevis enligt RFC 9068 (Bearer) med scope och controller, från myndighetens egen utfärdare / access token by RFC 9068 (Bearer) with scope and controller, from the issuer of the body that runs the service',
    flows: {
      clientCredentials: {
        tokenUrl: 'https://issuer.example.org/oauth/token',
        scopes: Object.fromEntries(
          Object.entries(scopes).map(([scope, { sv, en }]) => [scope, `${sv} / ${en}`]),
        ),
      },
    },
  },
}

export const tags: Readonly<Record<string, string>> = {
  meta: 'Om API:et / about the API',
  controllers: 'Personuppgiftsansvariga / controllers',
  channels: 'Kanaler / channels',
  interactions: 'Interaktioner / interactions',
  imports: 'Inläsningar / imports',
  hooks: 'Plattformars anrop / calls of platforms',
  register: 'Registerförteckning och behandlingar / register of processing',
  retention: 'Gallring och gallringsstopp / retention, disposal and holds',
  disclosures: 'Utlämnanden / disclosures',
  access: 'Registrerades rättigheter / the rights of data subjects',
  audit: 'Granskning / audit',
  supervision: 'Uppsikt / supervision',
  public: 'Öppet för alla / open to anybody',
}
