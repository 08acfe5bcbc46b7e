import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import { isFinal, rankOf, type CallStatus } from '@dialgate/domain';
import type { Workbench } from './workbench.js';

/**
 * Holds calls that are over against what the simulator itself knows of them: one INVITE at most, one final status and it
 * the right one, no channel left.
 *
 * @returns every broken law as a sentence; none when all is well.
 */
export async function brokenLaws(bench: Workbench, ids: readonly string[]): Promise<string[]> {
  const rows = await bench.sql<{ id: string; status: CallStatus; cancelRequested: boolean; steps: Step[] }>(
    `SELECT id, status::text, cancel_requested_at IS NOT NULL AS "cancelRequested",
       ARRAY(SELECT jsonb_build_object('event', e.event, 'to', e.status) FROM call_events e
         WHERE e.call_id = c.id AND e.status IS NOT NULL ORDER BY e.id) AS steps
     FROM calls c WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  if (rows.length !== ids.length) return [`${rows.length} rows for ${ids.length} calls`];

  return rows.flatMap(({ id, status, cancelRequested, steps }) => {
    const path = steps.map(({ to }) => to);
    const channels = bench.channels(id);
    const dialled = channels.filter(({ dials }) => dials.length > 0);
    const truth = dialled[0] === undefined ? null : statusSeen(dialled[0], cancelRequested);
    const neverRung: readonly CallStatus[] = cancelRequested ? ['canceled'] : ['failed'];
    return [
      ...(bench.invites(id) > 1 ? [`${id} was dialled ${bench.invites(id)} times`] : []),
      ...(channels.some(({ ended }) => ended === null) ? [`${id} has a channel left`] : []),
      ...(path.filter(isFinal).length !== 1 || path.at(-1) !== status
        ? [`${id} is ${status} after ${path.join()}`]
        : []),
      ...(steps.every(isForward) ? [] : [`${id} went ${path.join()}`]),
      ...(truth !== null && truth !== status ? [`${id} is ${status}, and was ${truth}`] : []),
      ...(truth === null && !neverRung.includes(status) ? [`${id} is ${status}, and was never dialled`] : []),
    ];
  });
}

/** A line of a call's timeline that moved it to a status. */
interface Step {
  readonly event: string;
  readonly to: CallStatus;
}

/** A call never goes back, but where a permission that came too late was given back unused. */
function isForward({ event, to }: Step, n: number, steps: readonly Step[]): boolean {
  const from = steps[n - 1]?.to;
  if (event === 'permit_returned') return from === 'dialing' && to === 'pending';
  return from === undefined || rankOf(to) > rankOf(from);
}

/** What a person who had watched a dialled call in Asterisk, and knew of its client's cancel request, would say became of it. */
export function statusSeen(channel: ChannelRecord, cancelRequested: boolean): CallStatus | 'live' {
  if (channel.ended === null) return 'live';
  if (channel.answeredAt !== null) return 'completed';
  const { cause, techCause, by } = channel.ended;
  // Both are hangups of our side; who asked for its end has what they wanted.
  if (cancelRequested && (by === 'client' || by === 'ring-timeout')) return 'canceled';
  if (techCause === 486 || techCause === 603) return 'busy';
  if (techCause === 408 || techCause === 483) return 'failed';
  const rang = channel.rangAt !== null || channel.progressAt !== null;
  if (by === 'ring-timeout') return rang ? 'no_answer' : 'failed';
  return by === 'callee' && cause === 19 ? 'no_answer' : 'failed';
}
