import { isInWindow, parseCallingSpan, windowOpensAt, type CallingSpan, type CallingWindow } from './calling-window.js';

/** The hours that a client has ordered for one call, as they are kept with it. */
export interface OrderedWindow {
  /** Such as `mon-fri 09:00-18:00`: see `parseCallingSpan`. */
  readonly spans: readonly string[];
  /** IANA. Only what is inside in every one of them is inside. */
  readonly timeZones: readonly string[];
}

/** A window by the clocks on the wall in some zones. */
export interface ZonedWindow {
  readonly spans: CallingWindow;
  readonly zones: readonly string[];
}

/** How often one window may send to the next opening of another before they count as without a common moment. */
const ROUNDS = 50;

/** @throws RangeError on a span that is none; only what `parseCallingSpan` reads is ever kept. */
export function zonedWindowOf({ spans, timeZones }: OrderedWindow): ZonedWindow {
  return { spans: spans.map(spanOf), zones: timeZones };
}

/** The next moment from `at` on that is inside all of these windows; null where there is none. */
export function firstMomentInside(windows: readonly ZonedWindow[], at: Date): Date | null {
  let moment = at;
  for (let round = 0; round < ROUNDS; round++) {
    const closed = windows.find(({ spans, zones }) => !isInWindow(spans, zones, moment));
    if (closed === undefined) return moment;
    const opensAt = windowOpensAt(closed.spans, closed.zones, moment);
    if (opensAt === null) return null;
    moment = opensAt;
  }
  return null;
}

function spanOf(text: string): CallingSpan {
  const span = parseCallingSpan(text);
  if (span === null) throw new RangeError('a calling window holds a span that is none');
  return span;
}
