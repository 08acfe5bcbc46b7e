import type { Random } from './random.js';

/** One thing a far end does, `afterMs` (simulated) after the one before it. */
export interface FarEndStep {
  readonly afterMs: number;
  readonly act: FarEndAct;
}

/**
 * `try` is a 100, `ring` a 180, `progress` a 183, `answer` a 200; `refuse` is a final SIP response, `hang-up` the end of a far end
 * that is not SIP or has answered (without a cause: a BYE that gives none); `dial-status` is heard, but ends nothing.
 */
export type FarEndAct =
  | { readonly kind: 'try' | 'ring' | 'progress' | 'answer' }
  | { readonly kind: 'refuse'; readonly sipStatus: number }
  | { readonly kind: 'hang-up'; readonly cause: number }
  | { readonly kind: 'dial-status'; readonly status: 'BUSY' | 'CONGESTION' | 'CANCEL' };

/** Who is at the other end of a channel, as data. */
export interface FarEnd {
  /**
   * How the dial starts to be heard. `ring-first`: ChannelStateChange Ringing overtakes the Dial event (seen on Local
   * channels); `no-dial`: there is no Dial event at all (a Local extension that does not exist).
   */
  readonly opening: 'dial-first' | 'ring-first' | 'no-dial';
  readonly steps: readonly FarEndStep[];
}

const TRY = step(0, { kind: 'try' });
// A callee whose steps end with the answer waits for Asterisk's BYE, for ever if need be.
const RING = step(5, { kind: 'ring' });
const PROGRESS = step(5, { kind: 'progress' });
const ANSWER = { kind: 'answer' } as const;
const BYE = { kind: 'hang-up', cause: 16 } as const;

/** What a callee needs before it takes up the phone, on the loopback the recordings were made on. */
const FINAL_RESPONSE_MS = 30;

/** The callees with a character, by the last three digits of the called number: the SIPp file of the recordings. */
const CHARACTERS: Readonly<Partial<Record<string, readonly FarEndStep[]>>> = {
  '001': [RING, step(800, ANSWER), step(1_000, BYE)],
  '002': [RING, step(800, ANSWER)],
  '003': [PROGRESS, step(1_000, ANSWER)],
  '004': [step(5_000, ANSWER)],
  '005': [step(5, ANSWER)],
  '006': [RING],
  '008': [RING, step(1_500, refusal(486))],
  '009': [PROGRESS],
  // A glare answers the CANCEL and the INVITE. Asterisk hides it: for ARI this is a callee that rings for ever.
  '010': [RING],
  '011': [step(5, ANSWER), step(500, { kind: 'hang-up', cause: 31 })],
  '012': [RING, step(800, ANSWER), step(4_000, BYE)],
  '013': [PROGRESS, step(1_000, refusal(404))],
  '014': [RING, step(1_000, refusal(603))],
  '015': [],
  // Never answers a BYE; Asterisk does not wait for that, so nothing of it is seen.
  '016': [RING, step(800, ANSWER)],
  '017': [RING, step(1_000, refusal(480))],
  // 486 with `Reason: Q.850;cause=21`: the SIP code wins before the answer.
  '018': [step(FINAL_RESPONSE_MS, refusal(486))],
  // Without following the redirection: three Dial CANCEL, then the end.
  '302': [
    step(FINAL_RESPONSE_MS, { kind: 'dial-status', status: 'CANCEL' }),
    step(0, { kind: 'dial-status', status: 'CANCEL' }),
    step(0, { kind: 'dial-status', status: 'CANCEL' }),
    step(0, refusal(302)),
  ],
};

const FINAL_RESPONSES: ReadonlySet<string> = new Set(
  (
    '400 401 403 404 405 407 408 410 415 480 481 482 483 484 486 487 488 491 ' + '500 501 502 503 504 600 603 604 606'
  ).split(' '),
);

/** A callee that never answers at all: Asterisk gives up when SIP timer B runs out (32 s; ring timeouts are shorter). */
export function silence(timerBMs: number): FarEnd {
  return { opening: 'dial-first', steps: [step(timerBMs, refusal(408))] };
}

/** The callee behind a number dialled through a working trunk. Any number without a character is a friendly person. */
export function calleeOf(number: string, { timerBMs, random }: { timerBMs: number; random: Random }): FarEnd {
  const character = number.slice(-3);
  if (character === '007') return silence(timerBMs);

  const steps = CHARACTERS[character] ?? finalResponse(character) ?? person(character, random);
  return { opening: 'dial-first', steps: [TRY, ...steps] };
}

/** Rings for about a second, answers, listens for a few seconds (019: for ever) and hangs up if nobody did before. */
function person(character: string, random: Random): FarEndStep[] {
  const answers = [RING, step(700 + 600 * random(), ANSWER)];
  return character === '019' ? answers : [...answers, step(4_000 + 4_000 * random(), BYE)];
}

function finalResponse(character: string): FarEndStep[] | null {
  return FINAL_RESPONSES.has(character) ? [step(FINAL_RESPONSE_MS, refusal(Number(character)))] : null;
}

function refusal(sipStatus: number): FarEndAct {
  return { kind: 'refuse', sipStatus };
}

function step(afterMs: number, act: FarEndAct): FarEndStep {
  return { afterMs, act };
}
