import { between, chance, pick, type Random } from './random.js';

/** What the far end does when it is dialled, and what Asterisk refuses before that. */
export type Callee =
  /** Somebody picks up, with or without ringing before, and either side hangs up after a while. */
  | 'answers'
  | 'answers_at_once'
  | 'early_media_then_answers'
  | 'busy'
  | 'rings_then_busy'
  /** The dial result comes first; the channel lives on for seconds, as a `Local/` channel does. */
  | 'local_busy'
  | 'declines'
  | 'rings_for_ever'
  | 'silent'
  | 'unavailable'
  | 'unknown_number'
  | 'congested'
  /** `Allocation failed`, once or for ever. */
  | 'trunk_hiccup'
  | 'trunk_down'
  | 'bad_request'
  | 'no_dialplan';

const COMMON = [
  'answers',
  'answers',
  'answers',
  'answers_at_once',
  'rings_then_busy',
  'busy',
  'rings_for_ever',
] as const;

const RARE = [
  'early_media_then_answers',
  'local_busy',
  'declines',
  'silent',
  'unavailable',
  'unknown_number',
  'congested',
  'trunk_hiccup',
  'trunk_down',
  'bad_request',
  'no_dialplan',
] as const;

export function drawCallee(random: Random): Callee {
  return chance(random, 0.65) ? pick(random, COMMON) : pick(random, RARE);
}

/** One thing that the far end does, so long after the one before. */
export interface FarEndStep {
  readonly afterMs: number;
  readonly act:
    | { readonly kind: 'ring' | 'progress' | 'answer' }
    | { readonly kind: 'dial_result'; readonly result: 'BUSY' }
    | { readonly kind: 'refuse'; readonly cause: number; readonly sip: number | null };
}

/** How a callee plays its part, from the INVITE on. */
export function playOf(callee: Callee, random: Random): FarEndStep[] {
  const soon = () => between(random, 1, 400);
  const later = () => between(random, 100, 4_000);
  const ring: FarEndStep = { afterMs: soon(), act: { kind: 'ring' } };
  const refuse = (cause: number, sip: number | null, afterMs = soon()): FarEndStep => ({
    afterMs,
    act: { kind: 'refuse', cause, sip },
  });
  const answer: FarEndStep = { afterMs: later(), act: { kind: 'answer' } };

  switch (callee) {
    case 'answers':
      return [ring, answer];
    case 'answers_at_once':
      return [{ ...answer, afterMs: soon() / 4 }];
    case 'early_media_then_answers':
      return [{ afterMs: soon(), act: { kind: 'progress' } }, answer];
    case 'busy':
      return [refuse(17, 486)];
    case 'rings_then_busy':
      return [ring, refuse(17, 486, later())];
    case 'local_busy':
      return [ring, { afterMs: later(), act: { kind: 'dial_result', result: 'BUSY' } }, refuse(17, null, 10_000)];
    case 'declines':
      return [ring, refuse(21, 603, later())];
    case 'unavailable':
      return [refuse(19, 480)];
    case 'unknown_number':
      return [refuse(1, 404)];
    case 'congested':
      return [refuse(34, 503)];
    case 'rings_for_ever':
      return [ring];
    case 'silent':
    case 'trunk_hiccup':
    case 'trunk_down':
    case 'bad_request':
    case 'no_dialplan':
      return callee === 'trunk_hiccup' ? [ring, answer] : [];
  }
}
