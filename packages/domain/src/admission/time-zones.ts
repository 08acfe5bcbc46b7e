import { TIME_ZONES_SOURCE } from './time-zones-source.js';

/**
 * The time zones (IANA) that whoever has this number may be in: those of its area where the numbering plan has areas, else those of
 * its country. Where a mobile phone is at the moment no number says.
 *
 * @param number in E.164 form.
 * @returns none where nothing is known: extensions, numbers of no country.
 */
export function timeZonesOf(number: string): readonly string[] {
  if (!number.startsWith('+')) return [];
  known ??= readSource();
  for (let length = number.length; length > 1; length--) {
    const zones = known.get(number.slice(1, length));
    if (zones !== undefined) return zones;
  }
  return [];
}

/** Read when it is first needed: most installations have no calling window. */
let known: ReadonlyMap<string, readonly string[]> | undefined;

function readSource(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    TIME_ZONES_SOURCE.replace(/\s+/g, ' ')
      .split('|')
      .flatMap((entry) => {
        const [zones = [], beginnings = []] = entry.split(';').map((part) => part.trim().split(' '));
        return beginnings.map((beginning) => [beginning, zones] as const);
      }),
  );
}
