/** What a version of Asterisk is good for. */
export type VersionVerdict =
  /** It says all that a call's end is judged by. */
  | 'served'
  /** No release that is known: served, and said in the log. */
  | 'unknown'
  /** It ends calls without saying why: their status would be a guess. */
  | 'too_old';

/**
 * The first releases of each series that say enough. A ring timeout has its own cause (19) since 22.4; before, it looks like a
 * hangup. `tech_cause`, the SIP status of an end, came with 23.1 and was taken over into 22.7 (asterisk pull requests 1533,
 * 1538 and 1606); before, a callee's "declined" and a dead trunk look like something else. Of 21, 20 and older series nobody
 * has measured that they say it.
 */
const FIRST_SERVED: Readonly<Record<number, number>> = { 22: 7, 23: 1 };

const NEWEST_KNOWN = 23;

/**
 * Whether calls on an Asterisk of this version can be told rightly. Pure.
 *
 * @param version as `GET /asterisk/info` says it: `22.10.1`, `22.8-cert1`, `certified/22.8-cert1`, `22.7.0~dfsg`, `GIT-master-…`.
 */
export function versionVerdict(version: string): VersionVerdict {
  const [, series, release] = /^(?:certified[/-])?(\d+)\.(\d+)/.exec(version) ?? [];
  if (series === undefined) return 'unknown';
  if (Number(series) > NEWEST_KNOWN) return 'unknown';
  return Number(release) >= (FIRST_SERVED[Number(series)] ?? Infinity) ? 'served' : 'too_old';
}
