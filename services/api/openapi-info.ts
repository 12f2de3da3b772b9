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
    '',
    'Behörigheter / scopes:',
    '',
    ...Object.entries(scopes).map(([scope, { sv, en }]) => `- \`${scope}\`: ${sv} / ${en}`),
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
    'Högst 1 MiB per JSON-begäran; begränsat antal begäranden per klient / at most 1 MiB per JSON request; requests per client are limited',
}

export const servers: JsonObject[] = [
  {
    url: `https://{host}${basePath}`,
    description: 'Den myndighet som driver tjänsten / the body that runs the service',
    variables: { host: { default: 'liggare.example.org', description: 'Värdnamn / host name' } },
  },
]

export const securitySchemes: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'OAuth 2 åtkomstbevis (RFC 9068) med scope och controller / access token with scope and controller',
  },
}

export const tags: Readonly<Record<string, string>> = {
  meta: 'Om API:et / about the API',
}
