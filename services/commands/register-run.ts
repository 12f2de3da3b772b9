import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AsOf } from '../declarations/as-of.ts'
import type { Language } from '../documents/model.ts'
import { DomainError } from '../platform/errors.ts'
import { type Format, formats } from '../register/formats.ts'
import { readRegister } from '../register/read.ts'
import { registerText } from '../register/text.ts'
import { retentionFigures } from '../retention/register-view.ts'
import { fitting } from './fitting.ts'
import { logsOf, withRuntime } from './runtime.ts'

export type RegisterWish = {
  readonly controller?: string
  readonly format: Format | 'text'
  readonly language: Language
  readonly validOn?: string
  readonly knownAt?: string
  readonly out?: string
  readonly json?: boolean
}

export async function showRegister({ controller, language, out, ...wish }: RegisterWish): Promise<void> {
  const format = wish.json === true ? 'json' : wish.format
  const asOf = fitting(AsOf, { validOn: wish.validOn, knownAt: wish.knownAt }, 'date')
  const binary = format === 'pdf' || format === 'xlsx'
  if (binary && out === undefined && process.stdout.isTTY) {
    throw new DomainError('validation-failed', `${format} is not for a terminal: say --out <file>.`)
  }
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const logs = await logsOf(ledger, controller)
    // Lines follow each other on standard output; one file holds one register.
    const inOnePlace =
      out === undefined ? format !== 'text' && format !== 'json' : !out.includes('{controller}')
    if (logs.length > 1 && inOnePlace) {
      throw new DomainError('validation-failed', 'Say --controller <slug>, or {controller} in --out.')
    }
    for (const log of logs) {
      const register = await readRegister(ledger, log, asOf, retentionFigures)
      const written =
        format === 'text'
          ? `${registerText(register, language)}\n`
          : await formats[format].write(register, language)
      const pieces = written instanceof Readable ? written : Readable.from([written])
      if (out === undefined) await pipeline(pieces, process.stdout, { end: false })
      else await pipeline(pieces, createWriteStream(out.replaceAll('{controller}', log.slug)))
    }
  })
}
