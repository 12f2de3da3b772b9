import type { Command } from 'commander'

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'the main job on sample data: a Facebook page, a blog and an X account in; register, due days, purge, certificate and an access answer out',
    )
    .option('--out <dir>', 'where the answer is written', 'demo-answer')
    .action(async (options: { out: string }) => {
      const { openRuntime } = await import('./runtime.ts')
      const { runDemo } = await import('../demo/run.ts')
      const runtime = await openRuntime({ mayCreateKey: true, logLevel: 'error' })
      try {
        await runDemo(runtime, options.out, (text) => process.stdout.write(text))
      } finally {
        await runtime.close()
      }
    })
}
