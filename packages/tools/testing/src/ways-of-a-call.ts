import {
  CALL_STATUSES,
  isFinal,
  RETURNED_PERMIT,
  transitionFor,
  WAITING,
  type CallEvent,
  type CallSoFar,
  type CallStatus,
} from '@dialgate/domain';

/** A way from one status to another, and what leads along it, as the timeline calls it. */
export interface Way {
  readonly from: CallStatus;
  readonly to: CallStatus;
  readonly events: readonly (CallEvent['type'] | typeof RETURNED_PERMIT.event)[];
}

/** Every way along which some event leads a call, from its first status on, and the one way back. */
export function waysOfACall(): Way[] {
  const events = everyEvent();
  const decided = [...everyPast()].flatMap((past) => events.flatMap((event) => transitionFor(event, past) ?? []));
  const moves = [...decided, RETURNED_PERMIT];
  return CALL_STATUSES.flatMap((from) =>
    CALL_STATUSES.flatMap((to) => {
      const along = new Set(moves.filter((move) => move.from === from && move.to === to).map(({ event }) => event));
      return from === to || along.size === 0 ? [] : [{ from, to, events: [...along] }];
    }),
  );
}

/** The ways as a Mermaid state diagram: its lines, each with its line break. */
export function stateDiagram(): string {
  const ways = waysOfACall().map(({ from, to, events }) => `${from} --> ${to} : ${events.join(', ')}`);
  const ends = CALL_STATUSES.filter(isFinal).map((status) => `${status} --> [*]`);
  return ['stateDiagram-v2', ...['[*] --> pending', ...ways, ...ends].map((line) => `    ${line}`), ''].join('\n');
}

/** How far a call can have come, in every way that it can. */
function everyPast(): Iterable<CallSoFar> {
  const pasts = new Map([[JSON.stringify(WAITING), WAITING]]);
  for (const past of pasts.values()) {
    for (const event of everyEvent()) {
      const move = transitionFor(event, past);
      if (move === null) continue;
      const next = {
        status: move.to,
        dialed: past.dialed || event.type === 'dial_sent',
        rang: past.rang || event.type === 'ringing',
        cancelRequested: past.cancelRequested || event.type === 'cancel_requested',
      };
      pasts.set(JSON.stringify(next), next);
    }
  }
  return pasts.values();
}

function everyEvent(): CallEvent[] {
  const causes = [null, 0, 1, 16, 17, 18, 19, 21, 31, 34, 38, 127];
  const ends = causes.flatMap((cause) =>
    ([null, 'far_end', 'our_side'] as const).flatMap((requestedBy) =>
      [null, 408, 603].flatMap((sipStatus) =>
        ([null, 'busy', 'congestion'] as const).flatMap((dialResult) =>
          [true, false].map((wasUp): CallEvent => {
            return { type: 'hung_up', cause, sipStatus, requestedBy, dialResult, wasUp };
          }),
        ),
      ),
    ),
  );
  return [
    { type: 'dial_sent' },
    { type: 'refused', reason: 'not_dialed' },
    { type: 'ringing' },
    { type: 'answered' },
    { type: 'cancel_requested' },
    { type: 'expired' },
    { type: 'lost', restarted: false },
    ...ends,
  ];
}
