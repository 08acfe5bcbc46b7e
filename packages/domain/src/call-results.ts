/** What the dialplan said of a call, by name. Words of somebody else: they are kept and shown, and nothing is decided by them. */
export type CallResults = Readonly<Record<string, string>>;

/** So many names and values are kept of a call by the worker that follows it; what comes after them is dropped. */
export const RESULTS_AT_MOST = 64;

/** In UTF-16 units; the rest of a longer value is cut off. */
export const RESULT_LENGTH = 256;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Control characters, and halves of characters: PostgreSQL takes not all of them, and nobody can show them. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}]/gu;

/** What may be kept of what was said: names of letters, digits and underscores, texts of a bounded length that can be shown. */
export function keptResults(said: Readonly<Record<string, unknown>>): CallResults {
  return Object.fromEntries(
    Object.entries(said)
      .filter((entry): entry is [string, string] => NAME.test(entry[0]) && typeof entry[1] === 'string')
      .map(([name, value]) => [name, value.slice(0, RESULT_LENGTH).replace(UNSHOWABLE, '\uFFFD')]),
  );
}
