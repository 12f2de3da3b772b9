import canonicalize from 'canonicalize'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json | undefined }

/** Canonical JSON (RFC 8785); members that are undefined are left out. */
export function canonicalJson(value: Json): string {
  return canonicalize(value) as string
}
