import type { Call } from '../call.js';
import type { CallerId } from '../caller-id.js';
import {
  allows,
  type AdmissionPolicy,
  type AllowList,
  type CallingPolicy,
  type UserPermissions,
} from './admission-policy.js';
import { forbiddenVariables } from './allowed-variables.js';
import { canonicalNumber } from './canonical-number.js';
import type { NumberVerdict } from './judge-number.js';
import type { ReadNumber } from './number-facts.js';
import { firstMomentInside, type ZonedWindow } from './ordered-window.js';
import type { Refusal } from './refusal.js';
import { allThatMayRing, type SecondVerdict } from './second-number.js';
import { timeZonesOf } from './time-zones.js';

/** The parts of a call that are judged. */
export type JudgedCall = Pick<Call, 'destination' | 'callerId' | 'variables' | 'connectTo'>;

/** What the database says about a call at this moment. */
export interface AdmissionFacts {
  /** Of the call’s user. */
  readonly permissions: UserPermissions;
  /** Whether one of the numbers that may ring is on the do-not-call list. */
  readonly onDoNotCallList: boolean;
  /** By the database’s clock. */
  readonly at: Date;
}

export type Verdict =
  | { readonly verdict: 'allowed' }
  | (Extract<NumberVerdict, { verdict: 'malformed' }> & AboutSecond)
  | (AboutSecond & {
      readonly verdict: 'refused';
      readonly refusal: Refusal;
      /** With `outside_calling_window`: when the window opens next; null where it never does. */
      readonly opensAt?: Date | null;
      /** With `variable_not_allowed`: which. */
      readonly variables?: readonly string[];
    });

interface AboutSecond {
  /** Whether it is the number to connect to that is objected to, and not the one to call. */
  readonly ofSecond?: boolean;
}

/**
 * Decides whether a call may be placed: by the API before its row is written, and again by the worker before anybody is rung, for
 * settings, permissions and lists change while calls wait. Pure; the first objection counts.
 *
 * @param number what `judgeNumber` says of its number.
 * @param second what `judgeSecondNumber` says of the one to connect it to; null where there is none.
 */
export function admit(
  call: JudgedCall,
  number: NumberVerdict,
  facts: AdmissionFacts,
  policy: AdmissionPolicy,
  read: ReadNumber,
  second: SecondVerdict | null,
): Verdict {
  if (number.verdict !== 'allowed') return number;
  if (second !== null && second.verdict !== 'allowed') return { ...second, ofSecond: true };
  const refusal = placeRefusal(call, facts, policy) ?? callerIdRefusal(call, facts, policy, read);
  if (refusal !== null) return { verdict: 'refused', refusal };
  const variables = forbiddenVariables(Object.keys(call.variables), policy.variables);
  if (variables.length > 0) return { verdict: 'refused', refusal: 'variable_not_allowed', variables };
  if (facts.onDoNotCallList) return { verdict: 'refused', refusal: 'do_not_call' };
  return hourVerdict(
    policy.window === null ? [] : [calledWithin(allThatMayRing(number, second), policy.window)],
    facts.at,
  );
}

/** Each part by itself: a way past a PIN or a consent step may be in any of them. */
function placeRefusal(
  { destination, connectTo }: JudgedCall,
  { permissions }: AdmissionFacts,
  policy: AdmissionPolicy,
): Refusal | null {
  const { context, extension, priority } = destination;
  // The gateway chose the place, which dials nothing but the number that was judged.
  if (connectTo !== null) return policy.connect?.context === context ? null : 'context_not_allowed';
  if (!allows(permissions.contexts ?? policy.contexts, context)) return 'context_not_allowed';
  if (!allows(permissions.extensions ?? policy.extensions, extension)) return 'extension_not_allowed';
  return allows(permissions.priorities ?? policy.priorities, String(priority)) ? null : 'priority_not_allowed';
}

/** The name beside the number is free text: it claims nothing that a network could check. */
function callerIdRefusal(
  { callerId }: JudgedCall,
  { permissions }: AdmissionFacts,
  policy: AdmissionPolicy,
  read: ReadNumber,
): Refusal | null {
  if (callerId === null) return null;
  const list = permissions.callerIds ?? policy.callerIds;
  return mayPresent(callerId, list, policy, read) ? null : 'caller_id_not_allowed';
}

function mayPresent({ number }: CallerId, list: AllowList, policy: AdmissionPolicy, read: ReadNumber): boolean {
  if (allows(list, number)) return true;
  const canonical = canonicalNumber(number, policy.numbers.homeCountry, read);
  return canonical !== null && allows(list, canonical);
}

/**
 * The hours at which these numbers may be called. Where they are in several zones, it must be early and late enough in all of them.
 */
export function calledWithin(mayRing: readonly string[], { spans, homeTimeZone }: CallingPolicy): ZonedWindow {
  const zones = [...new Set(mayRing.flatMap(timeZonesOf))];
  return { spans, zones: zones.length > 0 ? zones : [homeTimeZone] };
}

function hourVerdict(windows: readonly ZonedWindow[], at: Date): Verdict {
  const opensAt = firstMomentInside(windows, at);
  if (opensAt?.getTime() === at.getTime()) return { verdict: 'allowed' };
  return { verdict: 'refused', refusal: 'outside_calling_window', opensAt };
}
