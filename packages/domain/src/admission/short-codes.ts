import { shortCodesOf } from './short-numbers.js';

/** Directory enquiries in most of Europe, up to several euros a minute, and the harmonised services of social value (116xxx). */
const SHORT_EVERYWHERE = /^(?:118[0-9]{1,3}|116[0-9]{3})$/;

/** Whether the digits are a short code of the country, or one that many countries have. */
export function isShortCode(country: string | null, digits: string): boolean {
  if (SHORT_EVERYWHERE.test(digits)) return true;
  const pattern = country === null ? undefined : shortCodesOf(country);
  return pattern !== undefined && new RegExp(`^(?:${pattern})$`).test(digits);
}
