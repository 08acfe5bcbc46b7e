import type { DialplanDestination } from '../call.js';
import { dialEndpoint } from '../endpoint.js';
import { regionOf } from '../limits/call-limits.js';
import type { CountedCall } from '../limits/judge-limits.js';
import type { AdmissionPolicy, ConnectPolicy } from './admission-policy.js';
import { judgeNumber, type NumberVerdict } from './judge-number.js';
import type { ReadNumber } from './number-facts.js';
import type { NumberPolicy } from './number-policy.js';
import type { Refusal } from './refusal.js';

/** What is said of the number that an answered call shall be connected to. */
export type SecondVerdict = NumberVerdict | { readonly verdict: 'refused'; readonly refusal: 'connect_to_not_allowed' };

/** An internal extension that may be named. No plus: nothing of a number. */
export const CONNECT_EXTENSION = /^[0-9]{2,10}$/;
export const CONNECT_EXTENSION_RULE = 'must be 2 to 10 digits';

/**
 * The endpoint of a phone of one's own: a technology and the number, so that neither a trunk nor a dialplan takes it for more. A
 * `Local/` channel is dialplan, an `@` or a second slash chooses who dials it on.
 */
const PHONE = /^(?!Local\/)[A-Za-z0-9_]+\/[^/@]+$/i;

/** What is refused even where an admin has named it. */
const NEVER: ReadonlySet<Refusal> = new Set<Refusal>(['emergency_number', 'short_code']);

/**
 * Decides whether a call may be connected to this number: one of the named extensions, or one that might be called itself. Pure.
 */
export function judgeSecondNumber(
  connectTo: string,
  { connect, numbers }: Pick<AdmissionPolicy, 'connect' | 'numbers'>,
  read: ReadNumber,
): SecondVerdict {
  if (connect === null) return { verdict: 'refused', refusal: 'connect_to_not_allowed' };
  if (connect.extensions.includes(connectTo)) {
    const never = neverDialled(connectTo, connect, numbers, read);
    if (never !== null) return never;
    return { verdict: 'allowed', number: connectTo, country: null, mayRing: [connectTo] };
  }
  return judgeNumber(connectTo, numbers, read);
}

/** A named extension that a trunk or a dialplan would take for an emergency number or a short code. */
function neverDialled(
  extension: string,
  { extensionEndpoint: endpoint }: ConnectPolicy,
  numbers: NumberPolicy,
  read: ReadNumber,
): NumberVerdict | null {
  if (PHONE.test(endpoint)) return null;
  const dialled = judgeNumber(extension, { ...numbers, validation: 'dialable', endpoint }, read);
  return dialled.verdict === 'refused' && NEVER.has(dialled.refusal) ? dialled : null;
}

/** Where in the dialplan a call goes on that shall be connected. */
export function connectDestination({ context }: Pick<ConnectPolicy, 'context'>): DialplanDestination {
  return { context, extension: 's', priority: 1 };
}

/**
 * The endpoint of the second phone: what was judged, filled into the template that its kind has.
 *
 * @throws RangeError when it is no dialable number; only one that `judgeSecondNumber` allows is ever filled in.
 */
export function connectEndpoint(
  connectTo: string,
  { extensions, extensionEndpoint }: Pick<ConnectPolicy, 'extensions' | 'extensionEndpoint'>,
  numberEndpoint: string,
): string {
  return dialEndpoint(extensions.includes(connectTo) ? extensionEndpoint : numberEndpoint, connectTo);
}

/** Every number that a call may ring, its own and the one that it is connected to. */
export function allThatMayRing(number: NumberVerdict, second: SecondVerdict | null): readonly string[] {
  const rings = (one: SecondVerdict | null) => (one?.verdict === 'allowed' ? one.mayRing : []);
  return [...new Set([...rings(number), ...rings(second)])];
}

/** What limits are held against for the second phone; null where there is none. */
export function secondCounted(second: SecondVerdict | null): CountedCall['second'] {
  if (second?.verdict !== 'allowed') return null;
  return { number: second.number, region: regionOf(second.number, second.country) };
}
