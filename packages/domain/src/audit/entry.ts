import type { AuditEvent } from './events.js';

/** One thing that somebody did. When is said by whoever writes it down. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly source: 'api' | 'cli' | 'setup';
  /** Who did it; null when nobody was logged in. */
  readonly actor: AuditActor | null;
  /** What it was done to: a user by name, a call, a key or a webhook by id. */
  readonly subject: AuditSubject | null;
  /** The client's address. */
  readonly address: string | null;
  readonly requestId: string | null;
  /** What else is known. Never a secret and never a whole phone number. */
  readonly detail: AuditDetail;
}

export interface AuditActor {
  /** Null for a name that was only claimed: that of a wrong login. */
  readonly id: string | null;
  readonly name: string;
}

export interface AuditSubject {
  readonly kind: 'user' | 'call' | 'key' | 'webhook';
  readonly id: string;
}

export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

/** As long as the columns are, in characters. */
const LONGEST = { name: 64, subject: 100, address: 45, requestId: 64 };

/** Of a detail: how many fields, and how many characters of a name and of a text; together less than the column's 4 KB. */
const DETAIL = { fields: 10, name: 40, text: 80 };

/** The entry as it may be stored, whatever a client made part of it: cut to size, without control characters. */
export function storable(entry: AuditEntry): AuditEntry {
  const { actor, subject, address, requestId, detail } = entry;
  return {
    ...entry,
    actor: actor && { ...actor, name: plain(actor.name, LONGEST.name) },
    subject: subject && { ...subject, id: plain(subject.id, LONGEST.subject) },
    address: address && plain(address, LONGEST.address),
    requestId: requestId && plain(requestId, LONGEST.requestId),
    detail: Object.fromEntries(
      Object.entries(detail)
        .slice(0, DETAIL.fields)
        .map(([name, value]) => [
          plain(name, DETAIL.name),
          typeof value === 'string' ? plain(value, DETAIL.text) : value,
        ]),
    ),
  };
}

/** PostgreSQL takes neither NUL nor half a surrogate pair. */
function plain(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/\p{Cc}/gu, '�')
    .replace(/\p{Surrogate}/gu, '�');
}
