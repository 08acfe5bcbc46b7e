import type { Moved } from './call-statements.js';
import type { SimProcess } from './scheduler.js';

/** What a decision rested on, as it stood when it was made: its statement may be carried out seconds later. */
export interface Grounds {
  readonly toldStart: (process: SimProcess, startedAt: number | null) => void;
  /** When Asterisk was started, by the last answer that a worker had at a time; null when that was none. */
  readonly startToldTo: (process: SimProcess, at: number) => number | null;
  /** @param since when somebody was last seen to follow calls on its Asterisk. */
  readonly foundOrphan: (process: SimProcess, callId: string, since: number) => void;
  /** Since when nobody had followed a call that this move gives up as an orphan, as its writer had found it; null when it is none. */
  readonly orphanSince: (move: Moved) => number | null;
}

export function keepGrounds(now: () => number): Grounds {
  const starts = new Map<SimProcess, { readonly at: number; readonly startedAt: number | null }[]>();
  const orphans = new Map<string, { readonly process: SimProcess; readonly at: number; readonly since: number }[]>();
  return {
    toldStart: (process, startedAt) => {
      starts.set(process, [...(starts.get(process) ?? []), { at: now(), startedAt }]);
    },
    startToldTo: (process, at) => starts.get(process)?.findLast((told) => told.at <= at)?.startedAt ?? null,
    foundOrphan: (process, callId, since) => {
      orphans.set(callId, [...(orphans.get(callId) ?? []), { process, at: now(), since }]);
    },
    orphanSince: ({ row, by, transition, receivedAt }) => {
      if (transition.event !== 'lost') return null;
      return orphans.get(row.id)?.find(({ process, at }) => process === by && at === receivedAt)?.since ?? null;
    },
  };
}
