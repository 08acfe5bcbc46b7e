import { isFinal, rankOf, type CallStatus } from '@dialgate/domain';
import { NOT_SEEN, type EndedRow, type TimelineLine } from './row.js';

/**
 * Whether a call's timeline tells all that its row does, once each and in order.
 *
 * @param answerSeen whether somebody heard the answer: one that was only found in the end of its call has no line.
 * @returns what is wrong, or null.
 */
export function timelineProblem(row: EndedRow, answerSeen: boolean): string | null {
  const timeline = withoutReturnedPermits(row.timeline);
  const steps = timeline.flatMap(({ status }) => status ?? []);
  const finals = steps.filter(isFinal);
  if (timeline[0]?.event !== 'created' || steps[0] !== 'pending') return 'has a timeline that does not begin with it';
  if (finals.length !== 1) return `has ${String(finals.length)} ends in its timeline`;
  if (steps.some((status, n) => rankOf(status) < rankOf(steps[n - 1] ?? 'pending'))) {
    return 'went backwards in its timeline';
  }
  if (finals[0] !== row.status) return `ended ${String(finals[0])} by its timeline`;

  const wanted: [what: string, lines: number, most: number, least?: number][] = [
    ['claimed', times(timeline, 'claimed'), row.attempt],
    ['dialing', steps.filter((status) => status === 'dialing').length, once(row.dialSentAt)],
    ['ringing', steps.filter((status) => status === 'ringing').length, once(row.ringingAt)],
    [
      'answered',
      steps.filter((status) => status === 'answered').length,
      once(row.answeredAt),
      answerSeen ? once(row.answeredAt) : 0,
    ],
    ['cancel_requested', times(timeline, 'cancel_requested'), row.cancelRequested ? 1 : 0],
  ];
  for (const [what, lines, most, least = most] of wanted) {
    if (lines < least || lines > most) return `is ${what} ${String(lines)} times in its timeline, not ${String(most)}`;
  }
  const end = timeline.find(({ status }) => status !== null && isFinal(status));
  if ((end?.event === 'lost') !== NOT_SEEN.has(row.failureReason))
    return `ended by ${String(end?.event)} in its timeline`;
  return END_EVENTS[row.status]?.includes(end?.event ?? '') === false
    ? `is ${row.status} by ${String(end?.event)} in its timeline`
    : null;
}

/** A permission that came too late was given back, unused: neither the one step nor the other brought the call anywhere. */
function withoutReturnedPermits(timeline: EndedRow['timeline']): EndedRow['timeline'] {
  const returns = timeline.flatMap(({ event }, n) => (event === 'permit_returned' ? [n] : []));
  const undone = returns.map((n) => timeline.findLastIndex(({ status }, at) => at < n && status === 'dialing'));
  const left = new Set([...returns, ...undone]);
  return timeline.filter((_, n) => !left.has(n));
}

/** By which events a call may come to each end. */
const END_EVENTS: Readonly<Partial<Record<CallStatus, readonly string[]>>> = {
  completed: ['hung_up', 'lost'],
  busy: ['hung_up'],
  no_answer: ['hung_up'],
  failed: ['hung_up', 'lost', 'refused', 'expired'],
  canceled: ['hung_up', 'refused', 'cancel_requested'],
};

function times(timeline: readonly TimelineLine[], what: string): number {
  return timeline.filter(({ event }) => event === what).length;
}

function once(at: number | null): number {
  return at === null ? 0 : 1;
}
