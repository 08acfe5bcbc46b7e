import { guide, ok, unseen, wrong, type Finding } from './finding.js';

/** How far a clock is ahead of this machine's, in milliseconds, and by how much that may be wrong. Null: it did not tell. */
export type ClockReading = { readonly aheadMs: number; readonly uncertaintyMs: number } | null;

/** Clocks that are set differ by less; more makes tokens expire early, and a restart of Asterisk pass for a lost call. */
const APART_MS = 5_000;

/** Whether the clocks of PostgreSQL and Asterisk are this machine's. What slow answers hide is not held against them. Pure. */
export function judgeClocks(clocks: { readonly postgresql: ClockReading; readonly asterisk: ClockReading }): Finding[] {
  return [judge('PostgreSQL', clocks.postgresql), judge('Asterisk', clocks.asterisk)];
}

function judge(whose: string, reading: ClockReading): Finding {
  const code = `clock_${whose.toLowerCase()}`;
  if (reading === null) return unseen(code, `The clock of ${whose} was not told.`);
  const { aheadMs, uncertaintyMs } = reading;
  if (Math.abs(aheadMs) - uncertaintyMs <= APART_MS)
    return ok(code, `The clock of ${whose} agrees with this machine’s.`);
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  return wrong(
    code,
    `The clock of ${whose} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s.`,
    `Set both by NTP: ${guide('what-it-takes')}.`,
  );
}
