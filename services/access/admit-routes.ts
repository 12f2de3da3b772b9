import type { FastifyRequest } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { HttpError } from '../api/http-error.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import type { AccessFile } from './case-file.ts'
import { loadCase } from './case-steps.ts'

/** Whether the token may handle cases of persons with protected identity. */
export function mayHandleProtected(request: FastifyRequest): boolean {
  return actorOf(request).scopes.has('access:protected')
}

/** A request about a case, by somebody who may handle it: the only way to one for all that shows or changes it. */
export async function admit(
  ledger: Ledger,
  request: FastifyRequest,
  controller: string,
  id: string,
): Promise<{ readonly log: Log; readonly file: AccessFile; readonly actor: Actor }> {
  const log = await logOf(ledger, controller)
  const file = await loadCase(ledger, log, id)
  if (file.state.protected && !mayHandleProtected(request)) {
    throw new HttpError('scope-missing', 'The case is on the path for protected identity: access:protected.')
  }
  return { log, file, actor: { name: actorOf(request).id } }
}
