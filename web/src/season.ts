/** Whether a zone is in force: every year between two local moments, or once where a year is given. */

export interface Season { from: string; to: string; tz?: string }

/** The moment as `MM-DDTHH:MM` and `YYYY-MM-DDTHH:MM` in a zone. */
function local(ms: number, timeZone: string): string {
  const at = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
  return at.replace(' ', 'T')
}

export function inSeason(seasons: Season[] | null | undefined, ms: number): boolean {
  if (!seasons?.length) return true
  return seasons.some(({ from, to, tz }) => {
    const now = local(ms, tz ?? 'Asia/Shanghai')
    const yearly = !/^\d{4}-/.test(from)
    const at = yearly ? now.slice(5) : now
    return from <= to ? from <= at && at < to : at >= from || at < to
  })
}
