import type { Ledger } from '../../services/ledger/ledger.ts'
import type { PurgeDeps } from '../../services/retention/purge.ts'

/** The places between which a purge can die. */
export const steps = [
  'ledger.condemn',
  'ledger.intended_parts',
  'ledger.intended_digests',
  'journal.append',
  'ledger.forget_persons',
  'keyring.destroy',
  'ledger.dispose',
  'purge.executed',
] as const
/** Those of a waiting period, too. */
export type KillStep = (typeof steps)[number] | 'purge.deferred' | 'purge.begun' | 'ledger.release'

/** The same databases, whose caller dies right after the n-th of its calls of one kind has been answered. */
export function dyingAfter(deps: PurgeDeps, step: KillStep, nth = 1): PurgeDeps {
  let left = nth
  const dies = () => {
    left -= 1
    if (left <= 0) throw new Error('killed')
  }
  const die = async <T>(result: Promise<T>): Promise<T> => {
    const answered = await result
    dies()
    return answered
  }
  const purgePool = new Proxy(deps.purgePool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'query') return value.bind(target)
      return (text: string, values: unknown[]) =>
        text.includes(`${step}(`) ? die(target.query(text, values)) : target.query(text, values)
    },
  })
  const keyring = { ...deps.ledger.keyring }
  if (step === 'keyring.destroy') keyring.destroy = (...args) => die(deps.ledger.keyring.destroy(...args))
  const journal = { ...deps.journal }
  if (step === 'journal.append') {
    journal.append = (entry) => {
      deps.journal.append(entry)
      dies()
    }
  }
  const writer: Ledger['writer'] = (log) => {
    const real = deps.ledger.writer(log)
    return {
      ...real,
      append: (drafts, options) =>
        drafts[0]?.type === step ? die(real.append(drafts, options)) : real.append(drafts, options),
    }
  }
  return { ...deps, purgePool, journal, ledger: { ...deps.ledger, keyring, writer } }
}
