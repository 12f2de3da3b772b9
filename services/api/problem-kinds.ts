import type { ErrorCode } from '../platform/errors.ts'
import type { HttpCode } from './http-error.ts'

export type ProblemCode = ErrorCode | HttpCode

/**
 * How a code looks over HTTP. `detail`: whether the error's own message may be shown ('own'), or this fixed text
 * only, or nothing. Whatever is 5xx, and whatever could tell "not yours" from "not there", never shows its own.
 */
export type ProblemKind = {
  readonly status: number
  readonly sv: string
  readonly en: string
  readonly detail: 'own' | { readonly fixed: string } | 'none'
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number
}

/** Exhaustive: a new code does not compile before it has an answer here. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  'validation-failed': {
    status: 422,
    sv: 'Innehållet håller inte måttet',
    en: 'The content does not fit',
    detail: 'own',
  },
  'not-found': {
    status: 404,
    sv: 'Finns inte',
    en: 'Not found',
    detail: { fixed: 'There is nothing here that this token may see.' },
  },
  'version-conflict': {
    status: 409,
    sv: 'Versionen har ändrats',
    en: 'The version has changed',
    detail: 'own',
  },
  'fact-differs': {
    status: 409,
    sv: 'Samma uppgift finns med annat innehåll',
    en: 'The same fact is there with other content',
    detail: 'own',
  },
  'already-exists': { status: 409, sv: 'Finns redan', en: 'Already exists', detail: 'own' },
  condemned: {
    status: 409,
    sv: 'Är redan utpekad för gallring',
    en: 'Already condemned to disposal',
    detail: 'own',
  },
  held: { status: 409, sv: 'Omfattas av gallringsstopp', en: 'Under a legal hold', detail: 'own' },
  'already-disposed': { status: 409, sv: 'Är redan gallrad', en: 'Already disposed of', detail: 'own' },
  'four-eyes-required': {
    status: 403,
    sv: 'Kräver en annan person',
    en: 'Another person is required',
    detail: 'own',
  },
  'decision-missing': { status: 409, sv: 'Beslut saknas', en: 'A decision is missing', detail: 'own' },
  'state-conflict': {
    status: 409,
    sv: 'Går inte i detta läge',
    en: 'Not possible in this state',
    detail: 'own',
  },
  'log-busy': {
    status: 503,
    sv: 'Loggen är upptagen',
    en: 'The log is busy',
    detail: { fixed: 'Nothing was recorded. Send the same request again.' },
    retryAfter: 1,
  },
  'log-unavailable': {
    status: 503,
    sv: 'Loggen kan inte nås',
    en: 'The log cannot be reached',
    detail: {
      fixed: 'It is not known whether the request was recorded. Sending the same request again is safe.',
    },
    retryAfter: 5,
  },
  'key-destroyed': { status: 410, sv: 'Nyckeln är förstörd', en: 'The key is destroyed', detail: 'own' },
  'key-mismatch': { status: 500, sv: 'Internt fel', en: 'Internal error', detail: 'none' },
  'integrity-failed': { status: 500, sv: 'Internt fel', en: 'Internal error', detail: 'none' },
  'source-malformed': {
    status: 422,
    sv: 'Källan kan inte läsas',
    en: 'The source cannot be read',
    detail: 'own',
  },
  'source-unsafe': {
    status: 422,
    sv: 'Källan är inte säker att läsa',
    en: 'The source is not safe to read',
    detail: 'own',
  },
  misconfigured: { status: 500, sv: 'Internt fel', en: 'Internal error', detail: 'none' },

  'malformed-request': { status: 400, sv: 'Felaktig begäran', en: 'Malformed request', detail: 'own' },
  'malformed-json': { status: 400, sv: 'Ogiltig JSON', en: 'Malformed JSON', detail: 'own' },
  'malformed-encoding': { status: 400, sv: 'Ogiltig UTF-8', en: 'Malformed UTF-8', detail: 'own' },
  'token-missing': {
    status: 401,
    sv: 'Åtkomstbevis saknas',
    en: 'An access token is missing',
    detail: 'own',
  },
  'token-invalid': {
    status: 401,
    sv: 'Åtkomstbeviset gäller inte',
    en: 'The access token is not valid',
    detail: 'own',
  },
  'signature-invalid': {
    status: 401,
    sv: 'Signaturen stämmer inte',
    en: 'The signature is invalid',
    detail: 'own',
  },
  'scope-missing': { status: 403, sv: 'Behörighet saknas', en: 'Insufficient scope', detail: 'own' },
  'method-not-allowed': {
    status: 405,
    sv: 'Metoden är inte tillåten',
    en: 'Method not allowed',
    detail: 'own',
  },
  'not-acceptable': { status: 406, sv: 'Formatet kan inte lämnas', en: 'Not acceptable', detail: 'own' },
  'request-timeout': { status: 408, sv: 'Begäran tog för lång tid', en: 'Request timeout', detail: 'own' },
  'body-too-large': {
    status: 413,
    sv: 'Innehållet är för stort',
    en: 'The content is too large',
    detail: 'own',
  },
  'uri-too-long': { status: 414, sv: 'Adressen är för lång', en: 'The address is too long', detail: 'own' },
  'unsupported-media-type': {
    status: 415,
    sv: 'Innehållstypen stöds inte',
    en: 'Unsupported media type',
    detail: 'own',
  },
  'headers-too-large': {
    status: 431,
    sv: 'Huvudena är för stora',
    en: 'Header fields too large',
    detail: 'own',
  },
  'precondition-required': {
    status: 428,
    sv: 'Versionen måste anges',
    en: 'Precondition required',
    detail: 'own',
  },
  'rate-limited': { status: 429, sv: 'För många förfrågningar', en: 'Too many requests', detail: 'own' },
  overloaded: {
    status: 503,
    sv: 'Överbelastad',
    en: 'Overloaded',
    detail: { fixed: 'Nothing was done. Send the same request again later.' },
    retryAfter: 2,
  },
  'shutting-down': {
    status: 503,
    sv: 'Stängs',
    en: 'Shutting down',
    detail: { fixed: 'Nothing was done. Send the same request again.' },
    retryAfter: 5,
  },
  'issuer-unavailable': {
    status: 503,
    sv: 'Utfärdarens nycklar kan inte hämtas',
    en: "The issuer's keys cannot be fetched",
    detail: { fixed: "The key set of the token's issuer cannot be fetched. Nothing was done." },
    retryAfter: 10,
  },
  internal: { status: 500, sv: 'Internt fel', en: 'Internal error', detail: 'none' },
}
