import type { Ledger, Log } from '../ledger/ledger.ts'
export async function showAnswer(
  _ledger: Ledger,
  _log: Log,
  _options: { out: string; today: string; write: (text: string) => void },
): Promise<void> {}
