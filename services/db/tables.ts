/** Row types of the ledger database for Kysely: the TypeScript mirror of `migrations/`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled table by table
export interface Database {}
