import { z } from 'zod'

const Report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
})

const grave = new Set(['high', 'critical'])

/** What `npm audit --json` has found. A registry that does not answer audits proves nothing, and that is what is said. */
export function judgeAudit(stdout: string): { sentence: string; failed: boolean } {
  const report = Report.safeParse(parsed(stdout))
  if (!report.success) {
    return { sentence: 'Not audited: this registry answers no audits. Run it where it does.', failed: false }
  }
  const found = Object.entries(report.data.vulnerabilities)
  const list = found.map(([name, { severity, range }]) => `${name} ${range ?? ''} (${severity})`).join(', ')
  return {
    sentence:
      found.length === 0 ? 'No known weakness in what the image carries.' : `Known weaknesses: ${list}`,
    failed: found.some(([, { severity }]) => grave.has(severity)),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
