/**
 * What came of one request to Asterisk. The difference that matters: whether it may have been carried out.
 *
 * - `ok`: carried out.
 * - `refused`: Asterisk answered no; it was not carried out.
 * - `not_reached`: it certainly was not carried out (no connection, still booting, not logged in, not allowed to). May be repeated.
 * - `unknown`: no answer came. It may or may not have been carried out, now or later. A timeout is never evidence of
 *   "not dialled": Asterisk carries on with a request whose client has hung up (measured).
 */
export type AriReply<Body = unknown> =
  | { readonly kind: 'ok'; readonly status: number; readonly body: Body }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | { readonly kind: 'not_reached'; readonly why: 'unreachable' | 'not_booted' | 'unauthorized' | 'forbidden' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Network errors that happen before the first byte of a request is on its way. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** What a failed request without an answer means, by the network's error code. */
export function replyOfNetworkError(code: string | undefined): AriReply<never> {
  if (code !== undefined && BEFORE_SENDING.has(code)) return { kind: 'not_reached', why: 'unreachable' };
  return { kind: 'unknown', why: code ?? 'no answer' };
}

/**
 * What an answer means. Asterisk's own words are JSON; while its modules are still loading it answers 404 with a page
 * of HTML, then 503 (measured), and has carried out nothing. Anything else that is not JSON, be it yes or no, is the word of
 * somebody in between, who may have asked Asterisk: a proxy's 502 says that it has lost the answer.
 */
export function replyOfAnswer(status: number, body: unknown): AriReply {
  if (status === 204) return { kind: 'ok', status, body };
  const isAsterisks = isObject(body);
  if (status >= 200 && status < 300 && isAsterisks) return { kind: 'ok', status, body };
  if (status === 401) return { kind: 'not_reached', why: 'unauthorized' };
  if (status === 403) return { kind: 'not_reached', why: 'forbidden' }; // A user that may only read (measured).
  if (status === 503 || (status === 404 && !isAsterisks)) return { kind: 'not_reached', why: 'not_booted' };
  if (!isAsterisks && (status < 300 || status >= 500)) return { kind: 'unknown', why: `HTTP ${status}` };
  return { kind: 'refused', status, message: messageOf(body) };
}

function messageOf(body: unknown): string {
  if (!isObject(body)) return '';
  const text = body.message ?? body.error;
  return typeof text === 'string' ? text : '';
}

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null;
}
