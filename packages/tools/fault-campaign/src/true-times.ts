import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import type { EndedRow } from './row.js';
import type { ClockStep } from './stepped-clock.js';

/** Who was about to write when the clock was set may have read it before, and who wrote then know the clock as it was. */
const ABOUT_A_STEP_MS = 5_000;

const MOMENTS = ['createdAt', 'dialSentAt', 'ringingAt', 'answeredAt', 'endedAt'] as const;
type Moment = (typeof MOMENTS)[number];

/**
 * The row with the times at which what it says really happened, by the clock that nobody has set. A clock that was set back
 * shows some times twice, and so does one about the moment at which it was set: then there are several. Of a time that
 * the gateway had to raise, so that none lies before the step that came first, nothing is known but that it had to. What is
 * nearest to what happened comes first. Pure.
 *
 * @param record what really happened; null if nobody was rung.
 * @param steps in their order, the first at the beginning of everything.
 */
export function trueTimes(row: EndedRow, record: ChannelRecord | null, steps: readonly ClockStep[]): EndedRow[] {
  let rows: EndedRow[] = [row];
  for (const moment of MOMENTS) {
    const said = row[moment];
    if (said === null) continue;
    const truly = happenedAt(moment, record) ?? said;
    const meant = [...trueMoments(said, steps), ...raised(row, moment, record, steps)];
    meant.sort((one, other) => Math.abs(one - truly) - Math.abs(other - truly));
    rows = rows.flatMap((each) => meant.map((at) => ({ ...each, [moment]: at })));
  }
  return rows;
}

/** When the clock may have said this. What it never said is taken for a reading of the clock as it was last. */
function trueMoments(said: number, steps: readonly ClockStep[]): number[] {
  const found = steps.flatMap(({ at: from, aheadMs }, n) => {
    const until = steps[n + 1]?.at ?? Infinity;
    const at = said - aheadMs;
    const since = n === 0 ? -Infinity : from - ABOUT_A_STEP_MS;
    return since <= at && at <= until + ABOUT_A_STEP_MS ? [at] : [];
  });
  return found.length > 0 ? [...new Set(found)] : [said - (steps.at(-1)?.aheadMs ?? 0)];
}

/** When it really happened, if the clock, set back meanwhile, was behind what had been written since the dial. */
function raised(row: EndedRow, moment: Moment, record: ChannelRecord | null, steps: readonly ClockStep[]): number[] {
  if (moment === 'createdAt' || moment === 'dialSentAt') return [];
  const said = row[moment];
  const before = MOMENTS.slice(1, MOMENTS.indexOf(moment)).map((each) => row[each] ?? -Infinity);
  const truly = happenedAt(moment, record);
  if (said === null || truly === null || said !== Math.max(...before)) return [];
  const first = steps.findLastIndex(({ at }) => at <= truly);
  const until = truly + ABOUT_A_STEP_MS; // Nothing is written as of a time that lies ahead of the clock then.
  const lowest = Math.min(...steps.filter(({ at }, n) => n >= first && at <= until).map(({ aheadMs }) => aheadMs));
  return truly + lowest < said ? [truly] : [];
}

function happenedAt(moment: Moment, record: ChannelRecord | null): number | null {
  if (record === null) return null;
  if (moment === 'createdAt' || moment === 'dialSentAt') return record.dials[0]?.at ?? null;
  if (moment === 'ringingAt') return record.rangAt ?? record.progressAt;
  if (moment === 'answeredAt') return record.answeredAt;
  return record.ended?.at ?? null;
}
