/** When calls may be placed, in the local time of whoever is called; in any of its spans. */
export type CallingWindow = readonly CallingSpan[];

/** Part of some days of the week; never past midnight. */
export interface CallingSpan {
  /** 0 is Sunday, as everywhere in JavaScript. */
  readonly days: readonly number[];
  /** Minutes since midnight by the clock on the wall: the first that is inside, and the first that is not any more. */
  readonly from: number;
  readonly to: number;
}

export const CALLING_SPAN_RULE = 'must be times such as 08:00-21:00 or mon-fri 09:00-20:00';
export const TIME_ZONE_RULE = 'must be a zone such as Europe/Paris';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const SPAN = /^(?:([a-z]{3})(?:-([a-z]{3}))? +)?(\d{2}):(\d{2})-(\d{2}):(\d{2})$/;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A span of every week has begun again after so many days, and no zone is more than a day from another. */
const SEARCH_DAYS = 9;

/** Reads `08:00-21:00`, `mon-fri 08:00-21:00` or `sat 10:00-24:00`; null when it is none of these. */
export function parseCallingSpan(text: string): CallingSpan | null {
  const [, first, last = first, ...clock] = SPAN.exec(text) ?? [];
  const [fromHour = 24, fromMinute = 0, toHour = 0, toMinute = 0] = clock.map(Number);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  if (fromMinute > 59 || toMinute > 59 || from >= to || to > 24 * 60) return null;
  if (first === undefined) return { days: EVERY_DAY, from, to };
  const begin = DAYS.indexOf(first);
  const end = DAYS.indexOf(last ?? first);
  if (begin < 0 || end < 0) return null;
  const count = ((end - begin + 7) % 7) + 1; // fri-mon goes over the end of the week.
  return { days: EVERY_DAY.slice(0, count).map((n) => (begin + n) % 7), from, to };
}

/** Whether a moment is inside the window in every one of these zones. */
export function isInWindow(window: CallingWindow, zones: readonly string[], at: Date): boolean {
  return zones.every((zone) => {
    const { day, minute } = wallClock(zone, at.getTime());
    return window.some(({ days, from, to }) => days.includes(day) && from <= minute && minute < to);
  });
}

/** The next moment from `at` on that is inside the window in every one of these zones; null where there is none. */
export function windowOpensAt(window: CallingWindow, zones: readonly string[], at: Date): Date | null {
  if (isInWindow(window, zones, at)) return at;
  // What lies in all zones' windows begins where that of some zone begins.
  const beginnings = zones.flatMap((zone) => beginningsIn(zone, window, at.getTime()));
  for (const ms of beginnings.sort((a, b) => a - b)) {
    const moment = new Date(ms);
    if (ms > at.getTime() && isInWindow(window, zones, moment)) return moment;
  }
  return null;
}

/** When spans of the window begin in a zone, in milliseconds since 1970. */
function beginningsIn(zone: string, window: CallingWindow, atMs: number): number[] {
  const midnight = wallClock(zone, atMs).wallMs - (wallClock(zone, atMs).wallMs % DAY_MS);
  return Array.from({ length: SEARCH_DAYS }, (_, n) => midnight + n * DAY_MS).flatMap((wallDay) =>
    window
      .filter(({ days }) => days.includes(new Date(wallDay).getUTCDay()))
      .map(({ from }) => momentOf(zone, wallDay + from * MINUTE_MS)),
  );
}

/** When the clock on the wall shows this; where it skips the time, when it would have been without the skip. */
function momentOf(zone: string, wallMs: number): number {
  const guess = wallMs - offsetAt(zone, wallMs);
  const moment = wallMs - offsetAt(zone, guess);
  return wallMs - offsetAt(zone, moment) === moment ? moment : Math.max(guess, moment);
}

function offsetAt(zone: string, ms: number): number {
  const whole = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  return wallClock(zone, whole).wallMs - whole;
}

/** What a clock on the wall shows: as if it were UTC, in whole minutes. */
function wallClock(
  zone: string,
  ms: number,
): { readonly wallMs: number; readonly day: number; readonly minute: number } {
  const shown = new Map(
    clockOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (part: Intl.DateTimeFormatPartTypes): number => shown.get(part) ?? 0;
  const wallMs = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  return { wallMs, day: new Date(wallMs).getUTCDay(), minute: of('hour') * 60 + of('minute') };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Made once for each zone: that takes longer than all the rest. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const made =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  clocks.set(timeZone, made);
  return made;
}

/** Whether this names a time zone (IANA). */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Z]/i.test(zone); // Node takes offsets such as +01:00, too.
  } catch {
    return false;
  }
}
