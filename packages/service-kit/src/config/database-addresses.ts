/** What of libpq's `target_session_attrs` is understood here. */
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary'] as const;

type SessionAttribute = (typeof SESSION_ATTRIBUTES)[number];

/** A database that may be at one of several addresses. */
export interface Addresses {
  /** One address each, in the order in which they are tried. */
  readonly urls: readonly [string, ...string[]];
  /** Which of the servers found there will do. */
  readonly wanted: SessionAttribute;
}

const AUTHORITY = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]*)([/?].*|)$/;

/**
 * Reads a URL as libpq does: `postgresql://user:password@one:5432,two:5432/database?target_session_attrs=read-write`. `pg` knows
 * one host only. Pure.
 *
 * @returns the addresses, or a sentence that says what is wrong and contains nothing of the URL: it holds a password.
 */
export function addressesIn(url: string): Addresses | string {
  const [, scheme, hosts, rest] = AUTHORITY.exec(url) ?? [];
  if (scheme === undefined || hosts === undefined || rest === undefined) return 'must be a postgresql:// URL';
  // libpq reads several there, too; `pg` takes them for the name of one, which only DNS would refuse.
  if (new URLSearchParams(rest.split('?', 2)[1]).getAll('host').join().includes(',')) {
    return 'has several hosts in ?host=: name them ahead of the database, postgresql://…@one:5432,two:5432/…';
  }
  const each = hosts.split(',').map((host) => `${scheme}${host}${rest}`);
  const parsed = each.map((one) => (URL.canParse(one) ? new URL(one) : null));
  if (parsed.includes(null) || (each.length > 1 && parsed.some((one) => one?.hostname === ''))) {
    return 'must have a host, or several with commas between them, each with or without a port';
  }
  const attribute = parsed[0]?.searchParams.get('target_session_attrs') ?? 'any';
  const wanted = SESSION_ATTRIBUTES.find((known) => known === attribute);
  if (wanted === undefined) return `has a target_session_attrs that is none of ${SESSION_ATTRIBUTES.join(', ')}`;
  if (wanted === 'any' && each.length > 1) {
    return 'has several hosts: add ?target_session_attrs=read-write, or a standby is taken for the database';
  }
  const [first, ...others] = each.map(withoutAttribute);
  return first === undefined ? 'must have a host' : { urls: [first, ...others], wanted };
}

function withoutAttribute(url: string): string {
  const [address = '', query = ''] = url.split('?', 2);
  const kept = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('target_session_attrs='));
  return kept.length === 0 ? address : `${address}?${kept.join('&')}`;
}
