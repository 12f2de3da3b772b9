/** The only source of the current time: passed in, so that tests hold it still. */
export type Clock = { readonly now: () => Date }

export const systemClock: Clock = { now: () => new Date() }

const stockholm = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The calendar day (YYYY-MM-DD) of an instant where the municipality is: retention and deadlines count in local days. */
export function localDay(instant: Date): string {
  return stockholm.format(instant)
}
