import {
  firstMomentInside,
  NOT_BEFORE_MAX_DAYS,
  timeZonesOf,
  zonedWindowOf,
  type OrderedWindow,
  type ZonedWindow,
} from '@dialgate/domain';
import type { CallOptions } from '../schemas/create-call.js';
import { invalidFields } from '../schemas/valid.js';

/** When a call may be dialled, as its client has ordered it. */
export interface Schedule {
  /** Null: at once. */
  readonly notBefore: Date | null;
  readonly callingWindow: OrderedWindow | null;
}

export const AT_ONCE: Schedule = { notBefore: null, callingWindow: null };

const DAY_MS = 86_400_000;

/**
 * The first moment at which a call may be dialled, and the hours that hold from then on. Pure.
 *
 * @param where.mayRing the numbers that may ring, in canonical form.
 * @param where.hours those of this installation, null for any: a call that may wait for hours of its own waits for these, too.
 * @param where.at by the database's clock.
 * @param where.body how the request's body is called in problems.
 * @throws DialgateError `invalid_request`
 */
export function scheduleOf(
  { not_before, calling_window }: Pick<CallOptions, 'not_before' | 'calling_window'>,
  where: {
    readonly mayRing: readonly string[];
    readonly hours: ZonedWindow | null;
    readonly at: Date;
    readonly body: string;
  },
): Schedule {
  const { mayRing, hours, at, body } = where;
  const wanted = new Date(not_before ?? 0);
  if (wanted.getTime() > at.getTime() + NOT_BEFORE_MAX_DAYS * DAY_MS) {
    throw invalidFields([{ field: `${body}.not_before`, problem: `must be within ${NOT_BEFORE_MAX_DAYS} days` }]);
  }
  const earliest = wanted > at ? wanted : at;
  if (calling_window === undefined) return { notBefore: later(earliest, at), callingWindow: null };

  const { spans, time_zone } = calling_window;
  const timeZones = time_zone === undefined ? homeOf(mayRing, hours) : [time_zone];
  if (timeZones.length === 0) {
    const field = `${body}.calling_window.time_zone`;
    throw invalidFields([{ field, problem: 'is needed: the number does not tell where it is at home' }]);
  }
  const callingWindow = { spans, timeZones };
  const opensAt = firstMomentInside([zonedWindowOf(callingWindow), ...(hours === null ? [] : [hours])], earliest);
  if (opensAt === null) {
    const problem = 'never opens at an hour at which this number may be called';
    throw invalidFields([{ field: `${body}.calling_window`, problem }]);
  }
  return { notBefore: later(opensAt, at), callingWindow };
}

function later(moment: Date, at: Date): Date | null {
  return moment > at ? moment : null;
}

function homeOf(mayRing: readonly string[], hours: ZonedWindow | null): readonly string[] {
  const zones = [...new Set(mayRing.flatMap(timeZonesOf))];
  return zones.length > 0 ? zones : (hours?.zones ?? []);
}
