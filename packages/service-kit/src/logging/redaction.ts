/** Fields whose value never belongs into a log, wherever they stand. */
const SECRET = /^(password|secret|token|access_?token|authorization|cookie|api_?key|secret_?key|ari_?password)$/i;

/** Fields that hold a phone number; only the last three digits are kept. */
const NUMBER = /^(phone_?number|number|caller_?id|connect_?to)$/i;

/** Credentials inside a URL: `postgresql://user:secret@host`. */
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;

const MAX_DEPTH = 6;

/** What kind of field a name stands for: names are few, and every line asks for all of its own. */
const kinds = new Map<string, 'secret' | 'number' | 'plain'>();

/** Names may come from outside, in what a client sent. */
const KINDS_MAX = 1_000;

/**
 * A copy of a log entry's fields that may be written down: secrets replaced, phone numbers shortened to their last three
 * digits (unless `fullNumbers`), errors flattened to their name, message and chain of causes.
 */
export function redacted(value: unknown, fullNumbers: boolean, depth = 0): unknown {
  if (typeof value === 'string') return value.includes('://') ? value.replace(URL_CREDENTIALS, '$1:***@') : value;
  if (value instanceof Error) return errorFields(value, fullNumbers, depth);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => redacted(item, fullNumbers, depth + 1));

  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') continue; // A client's JSON may have it; set like the others, it would be no field of the copy.
    shown[key] = redactedField(key, (value as Record<string, unknown>)[key], fullNumbers, depth);
  }
  return shown;
}

function redactedField(key: string, field: unknown, fullNumbers: boolean, depth: number): unknown {
  const kind = kindOf(key);
  if (kind === 'secret') return '***';
  if (kind === 'number' && !fullNumbers && typeof field === 'string') return maskedNumber(field);
  return redacted(field, fullNumbers, depth + 1);
}

function kindOf(key: string): 'secret' | 'number' | 'plain' {
  const known = kinds.get(key);
  if (known !== undefined) return known;
  const kind = SECRET.test(key) ? 'secret' : NUMBER.test(key) ? 'number' : 'plain';
  if (kinds.size < KINDS_MAX) kinds.set(key, kind);
  return kind;
}

/** A phone number as it may be written down: its last three digits. */
export function maskedNumber(text: string): string {
  return text.length <= 4 ? '***' : `***${text.slice(-3)}`;
}

function errorFields(error: Error, fullNumbers: boolean, depth: number): Record<string, unknown> {
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: redacted(error.message, fullNumbers),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.cause === undefined || depth >= MAX_DEPTH
      ? {}
      : { cause: redacted(error.cause, fullNumbers, depth + 1) }),
  };
}
