/** How long to wait before trying again: doubling, with jitter, so that a restarted server is not
 * met by every console in the same second. */

const FIRST_MS = 500
const LONGEST_MS = 30_000

/** @param random in [0, 1) */
export function delayMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return full * (0.5 + random / 2)
}
