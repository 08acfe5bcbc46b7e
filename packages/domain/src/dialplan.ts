/** Asterisk cuts longer names silently (measured at 79). */
export const CONTEXT = /^[A-Za-z0-9_-]{1,79}$/;

/**
 * What a phone can dial, and names. No underscore in front: an extension that is spelt like a pattern of the dialplan
 * (`_X.`) matches that pattern.
 */
export const EXTENSION = /^[A-Za-z0-9*#+-][A-Za-z0-9_*#+-]{0,78}$/;

export const PRIORITY = { min: 1, max: 9_999 };

/** Ring time, in milliseconds. */
export const RING_TIMEOUT_MS = { min: 1_000, max: 600_000 };

/** How long a call may wait to be dialled, in seconds: a day at most. */
export const EXPIRES_IN_SECONDS = { min: 1, max: 86_400 };

/** How far ahead a call may be ordered, in days. */
export const NOT_BEFORE_MAX_DAYS = 30;

/** How many spans a calling window may have: two for each day of the week. */
export const CALLING_SPANS_MAX = 14;

export const CONTEXT_RULE = 'must be 1 to 79 of letters, digits, - and _';
export const EXTENSION_RULE = 'must be 1 to 79 of letters, digits, -, _, *, # and +, and not begin with _';
export const CALLER_ID_RULE =
  'must be a number or "Name" <number>, the name without quotes, backslashes and control characters';
