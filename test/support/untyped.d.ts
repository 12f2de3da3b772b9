// What tests use of packages without types.

declare module 'jsdom' {
  type Run = (
    node: unknown,
    options: object,
  ) => Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
  export class JSDOM {
    constructor(html: string, options?: { readonly runScripts?: 'outside-only' })
    readonly window: {
      readonly document: { readonly documentElement: unknown }
      /** There once its source has been evaluated. */
      readonly axe: { readonly run: Run }
      eval(code: string): unknown
    }
  }
}

declare module 'jsonld' {
  export function toRDF(
    document: unknown,
    options: { readonly format: 'application/n-quads' },
  ): Promise<string>
}
