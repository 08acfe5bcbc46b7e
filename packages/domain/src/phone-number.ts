/** ITU-T E.164: a plus, a country code that does not begin with 0, seven to fifteen digits in all. */
const E164 = /^\+[1-9][0-9]{6,14}$/;

/** What `NUMBER_VALIDATION=dialable` lets through besides: internal extensions and feature codes. */
const DIALABLE = /^\+?[0-9*#]{2,20}$/;

/** The longest number of either kind, so that callers can bound their input. */
export const PHONE_NUMBER_MAX_LENGTH = 21;

/** Whether the text is a phone number in E.164 form. ASCII digits only; no separators, no blanks. */
export function isE164(text: string): boolean {
  return E164.test(text);
}

/** Whether the text is something that a private exchange could dial: E.164, an extension such as 1001, or *97. */
export function isDialable(text: string): boolean {
  return DIALABLE.test(text);
}
