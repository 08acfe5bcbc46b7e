import type { FarEnd, FarEndAct, FarEndStep } from './callees.js';
import { causeOfSipStatus } from './hangup-causes.js';

/**
 * The far ends of `Local/<extension>@test`: dialplan, not SIP, so no event ever carries a `tech_cause`.
 * An extension that is not there gives no Dial event; the channel ends at once with cause 16.
 */
export function localCallee(extension: string): FarEnd {
  return EXTENSIONS.get(extension) ?? hangUpWith(extension) ?? NO_SUCH_EXTENSION;
}

/**
 * A `Local/` channel whose dialplan goes on to a trunk, as on FreePBX: ringing and answer pass through; a 486 is heard
 * as Dial BUSY at once and any congestion as Dial CONGESTION, and then the dialplan plays a tone for ten seconds.
 */
export function throughLocal(callee: FarEnd): FarEnd {
  const steps = callee.steps.flatMap(({ afterMs, act }): FarEndStep[] => {
    if (act.kind === 'dial-status' || act.kind === 'try') return [];
    if (act.kind !== 'refuse') return [{ afterMs, act }];
    return endsWith(afterMs, causeOfSipStatus(act.sipStatus));
  });
  return { opening: callee.opening, steps };
}

/** How long `Busy()` and `Congestion()` of an ordinary dialplan hold the channel after they were heard. */
const TONE_MS = 10_000;

function endsWith(afterMs: number, cause: number): FarEndStep[] {
  if (cause === 17) return tone(afterMs, 'BUSY', 17, TONE_MS);
  if (cause === 34) return tone(afterMs, 'CONGESTION', 34, TONE_MS);
  return [{ afterMs, act: { kind: 'hang-up', cause } }];
}

function tone(afterMs: number, status: 'BUSY' | 'CONGESTION', cause: number, lastsMs: number): FarEndStep[] {
  return [
    { afterMs, act: { kind: 'dial-status', status } },
    { afterMs: lastsMs, act: { kind: 'hang-up', cause } },
  ];
}

const ring = { kind: 'ring' } as const;
const answer = { kind: 'answer' } as const;

const EXTENSIONS: ReadonlyMap<string, FarEnd> = new Map(
  Object.entries({
    answer: dialFirst([after(1, answer), after(1_000, hangUp(16))]),
    hold: dialFirst([after(1, answer), after(300_000, hangUp(16))]),
    load: dialFirst([after(1, answer), after(5_000, hangUp(16))]),
    ringanswer: ringFirst([after(1_000, answer), after(1_000, hangUp(16))]),
    progressanswer: dialFirst([after(1, { kind: 'progress' }), after(1_000, answer), after(1_000, hangUp(16))]),
    busy: dialFirst([after(1, ring), ...tone(500, 'BUSY', 17, 1_000)]),
    busynow: dialFirst([after(1, hangUp(17))]),
    congestion: dialFirst(tone(1, 'CONGESTION', 34, 1_000)),
    noanswer: dialFirst([after(1, ring), after(120_000, hangUp(19))]),
    silent: dialFirst([after(120_000, hangUp(19))]),
  }),
);

const NO_SUCH_EXTENSION: FarEnd = { opening: 'no-dial', steps: [after(3, hangUp(16))] };

/** `hc<n>` rings for 0.3 s and ends with cause n. */
function hangUpWith(extension: string): FarEnd | null {
  const cause = /^hc(\d+)$/.exec(extension)?.[1];
  return cause === undefined ? null : ringFirst([after(300, hangUp(Number(cause)))]);
}

function dialFirst(steps: readonly FarEndStep[]): FarEnd {
  return { opening: 'dial-first', steps };
}

function ringFirst(steps: readonly FarEndStep[]): FarEnd {
  return { opening: 'ring-first', steps };
}

function hangUp(cause: number): FarEndAct {
  return { kind: 'hang-up', cause };
}

function after(afterMs: number, act: FarEndAct): FarEndStep {
  return { afterMs, act };
}
