import { Readable } from 'node:stream'
import type { Language } from '../documents/model.ts'
import { registerCsv } from './csv.ts'
import { registerHtml, registerPdf } from './document.ts'
import { registerJsonLd } from './jsonld.ts'
import type { Register } from './schemas.ts'
import { registerXlsx } from './xlsx.ts'

export type Written = string | Buffer | Readable
/** `other`: where the same stands in the other language, for formats that can say so. */
type Write = (register: Register, language: Language, other?: string) => Written | Promise<Written>

/** Every format of the register: how it is asked for over HTTP, and how it is made. */
export const formats = {
  json: { type: 'application/json', write: (register) => `${JSON.stringify(register)}\n` },
  jsonld: {
    type: 'application/ld+json',
    write: (register) => `${JSON.stringify(registerJsonLd(register))}\n`,
  },
  csv: { type: 'text/csv', write: registerCsv },
  xlsx: {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    write: registerXlsx,
  },
  html: { type: 'text/html', write: registerHtml },
  pdf: {
    type: 'application/pdf',
    write: (register, language) => Readable.from(registerPdf(register, language)),
  },
} as const satisfies Readonly<Record<string, { readonly type: string; readonly write: Write }>>
export type Format = keyof typeof formats
