import { registerHooks } from 'node:module'
import { isVariant } from './variants.ts'

// The product has no switches. Sealing is imported where it is used, so this process is given another module for it.
const [variant] = process.argv.slice(2)
if (!isVariant(variant)) throw new Error(`no such variant: ${variant}`)

if (variant === 'without-sealing') {
  const sealing = new URL('../../services/ledger/seal.ts', import.meta.url).href
  const plain = new URL('./plain-seal.ts', import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context)
      return resolved.url === sealing && context.parentURL !== plain ? { ...resolved, url: plain } : resolved
    },
  })
}

const { serveVariant } = await import('./variant-app.ts')
await serveVariant(variant)
