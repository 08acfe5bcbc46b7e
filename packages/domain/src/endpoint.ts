import { isDialable } from './phone-number.js';

/** `{number}` becomes the number as it is (E.164 with its plus), `{digits}` the same without the plus. */
const PLACEHOLDER = /\{(number|digits)\}/g;

/** Technology/resource, no blanks and no control characters; `&` would ring several phones in a dialplan. */
const TEMPLATE = /^[A-Za-z][A-Za-z0-9_]*\/[A-Za-z0-9_.:@/+{}-]+$/;

/** What is wrong with a dial endpoint template such as `PJSIP/{number}@trunk`, or null when it is fine. */
export function endpointTemplateProblem(template: string): string | null {
  if (!TEMPLATE.test(template)) return 'must look like PJSIP/{number}@trunk';
  const placeholders = template.match(PLACEHOLDER) ?? [];
  if (placeholders.length !== 1) return 'must contain {number} or {digits} exactly once';
  if (/[{}]/.test(template.replace(PLACEHOLDER, ''))) return 'must contain no other braces';
  return null;
}

/**
 * The endpoint Asterisk is asked to dial. Only a number that has passed validation is ever filled in: a slash or a second
 * `@` in it would choose another endpoint (measured: `PJSIP/trunk/sip:99@host` calls any host).
 *
 * @throws RangeError when the number has any other character than digits, `*`, `#` and a leading plus.
 */
export function dialEndpoint(template: string, phoneNumber: string): string {
  if (!isDialable(phoneNumber)) throw new RangeError('not a dialable number');
  return template.replace(PLACEHOLDER, dialledNumber(template, phoneNumber));
}

/** The number as the template dials it: with its plus, or without. */
export function dialledNumber(template: string, phoneNumber: string): string {
  return template.includes('{digits}') ? phoneNumber.replace(/^\+/, '') : phoneNumber;
}
