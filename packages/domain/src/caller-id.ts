/** Who the callee sees calling. */
export interface CallerId {
  /** Digits with an optional plus, or empty when only a name is given. */
  readonly number: string;
  /** At most 80 printable characters, or empty. */
  readonly name: string;
}

const NUMBER = /^\+?[0-9]{2,15}$/;
const NAME_AND_NUMBER = /^(?:"([^"]*)"\s*|([^<"]*))<(\+?[0-9]{2,15})>$/;

/**
 * A name goes into SIP headers as it is; a line break there adds headers of the client's choosing (measured), and quotes
 * or angle brackets break out of the quoted part.
 */
const UNSAFE_IN_NAME = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"\\<>]/u;

const NAME_MAX_LENGTH = 80;

/** Name, quotes, angle brackets and number. */
const MAX_LENGTH = 110;

/**
 * Reads `+33123456789`, `Support <+33123456789>` or `"Support" <+33123456789>`.
 *
 * @returns the caller ID, or null when the text is none of these or its name is unsafe in a SIP header.
 */
export function parseCallerId(text: string): CallerId | null {
  if (text.length > MAX_LENGTH) return null;
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return { number: trimmed, name: '' };

  const match = NAME_AND_NUMBER.exec(trimmed);
  if (match?.[3] === undefined) return null;
  const name = (match[1] ?? match[2] ?? '').trim();
  if (name.length > NAME_MAX_LENGTH || UNSAFE_IN_NAME.test(name)) return null;
  return { number: match[3], name };
}

/** The caller ID as it was given: `"Support" <+33123456789>`, or the bare number. */
export function formatCallerId({ number, name }: CallerId): string {
  return name === '' ? number : `"${name}" <${number}>`;
}

/**
 * Reads what formatCallerId has written, and judges nothing: what was accepted once stays what it was, also when
 * parseCallerId has become stricter since.
 */
export function unformatCallerId(text: string): CallerId {
  const [, name = '', number = text] = /^"(.*)" <(.*)>$/s.exec(text) ?? [];
  return { number, name };
}
