import type { Calls } from './calls.js';

/** Whoever writes into the timeline. */
const WRITERS = [
  'create',
  'createTry',
  'claim',
  'voidClaim',
  'permitDial',
  'returnPermit',
  'restoreDial',
  'apply',
  'note',
  'requestCancel',
  'expireOverdue',
  'endOrphans',
  'refuseOfStopped',
  'postponeOrder',
  'settleOrder',
  'cancelOrder',
] as const satisfies readonly (keyof Calls)[];

/** The same calls, of which is told when something may have been written into their timeline, once it can be read. */
export function tellEntries(calls: Calls, onEntries: () => void): Calls {
  const telling = WRITERS.map((name) => {
    const write = calls[name] as (...asked: unknown[]) => Promise<unknown>;
    const writeAndTell = async (...asked: unknown[]): Promise<unknown> => {
      const answer = await write(...asked);
      if (!saysNothing(answer)) onEntries();
      return answer;
    };
    return [name, writeAndTell];
  });
  return { ...calls, ...(Object.fromEntries(telling) as Pick<Calls, (typeof WRITERS)[number]>) };
}

/** Of writers, that they have written nothing: no call was moved, or there was none. */
function saysNothing(answer: unknown): boolean {
  return answer === false || answer === null || (Array.isArray(answer) && answer.length === 0);
}
