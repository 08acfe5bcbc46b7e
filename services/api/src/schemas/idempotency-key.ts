/** How long an Idempotency-Key may be, in characters. */
export const KEY_MAX_LENGTH = 255;
