import { request } from 'node:http';
import type { Sending } from '../api.js';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Malformed extends Sending {
  readonly method: string;
  readonly path: string;
}

const FIELDS = [
  'phone_number',
  'context',
  'extension',
  'priority',
  'timeout',
  'caller_id',
  'variables',
  'expires_in',
  'metadata',
];
const LOGIN_FIELDS = ['username', 'grant_type', 'scope', 'client_id', 'password'];
const NASTY = [
  '',
  '\0',
  '\ud800',
  '\u202e',
  '٣٣١٠٠',
  "' OR 1=1--",
  '${SHELL(id)}',
  '../../etc/passwd',
  '%00',
  '\r\nX-Evil: 1',
  '<script>',
  'a'.repeat(5_000),
  '+33100000001&PJSIP/1',
  '__proto__',
  'constructor',
  '1e999',
  '𝟘'.repeat(50),
  '"',
  '\\',
  '_X.',
];
const NUMBERS = ['0', '-1', '1e308', '-1e400', '9007199254740993', '0.1', '1E-300', '01', 'NaN', '0x10'];

/** Requests that are wrong in one way or another, and now and then only strange. */
export function malformedRequests(seed: number): () => Malformed {
  const random = seeded(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;

  /** JSON of anything, as text: also such as no program would write. */
  function anything(depth = 0): string {
    switch (below(depth > 3 ? 5 : 8)) {
      case 0:
        return one(['null', 'true', 'false', 'undefined', '']);
      case 1:
        return one(NUMBERS);
      case 2:
      case 3:
        return JSON.stringify(one(NASTY));
      case 4:
        return '['.repeat(below(3_000)) + ']'.repeat(below(3_000));
      case 5:
        return `[${Array.from({ length: below(20) }, () => anything(depth + 1)).join(',')}]`;
      default:
        return object([...NASTY.slice(0, 16), ...FIELDS], depth + 1);
    }
  }

  function object(names: readonly string[], depth = 0): string {
    const pairs = Array.from({ length: below(12) }, () => `${JSON.stringify(one(names))}:${anything(depth)}`);
    return `{${pairs.join(one([',', ',', ',', ';']))}}`;
  }

  function body(names: readonly string[]): Buffer {
    const text = Buffer.from(object(names));
    switch (below(8)) {
      case 0:
        return text.subarray(0, below(text.length));
      case 1:
        return Buffer.from(Array.from({ length: below(400) }, () => below(256)));
      case 2:
        return Buffer.concat([text, Buffer.from([0xff, 0xfe, below(256)])]);
      case 3:
        return Buffer.from(new URLSearchParams(Object.fromEntries(names.map((name) => [name, one(NASTY)]))).toString());
      default:
        return text;
    }
  }

  const segment = (): string => {
    const text = one(NASTY.filter((nasty) => nasty !== '\ud800'));
    return below(2) === 0 ? encodeURIComponent(text) : text.replace(/[^\x21-\x7e]/g, '%');
  };

  return () => {
    const path = one([
      '/api/v2/calls',
      '/api/v2/calls',
      '/api/v2/interaction/+33100000001',
      `/api/v2/interaction/${segment()}`,
      `/api/v2/status/${segment()}`,
      `/api/v2/calls/${segment()}/hangup`,
      `/api/v2/interaction/${segment()}/status`,
      '/api/v2/token',
      '/health',
      '/admin/queues/api/queues',
      `/${segment()}`,
      '/openapi.json',
    ]);
    const isLogin = path === '/api/v2/token';
    const headers: Record<string, string> = {
      'content-type': one([
        'application/json',
        'application/json',
        'application/json',
        'application/x-www-form-urlencoded',
        'text/xml',
        'application/json; charset=latin1',
        ';',
        'application/json; charset=utf-16',
      ]),
    };
    if (below(6) === 0) headers['idempotency-key'] = one(['', '"', '"a', 'x'.repeat(300), 'key']);
    if (below(12) === 0) headers['content-encoding'] = one(['gzip', 'br', 'identity', 'x']);
    if (below(12) === 0) headers.accept = one(['', '*/*;q=x', 'text/html', ';;;']);
    if (below(8) === 0)
      headers.authorization = one([
        '',
        'Bearer',
        'Bearer x',
        'Basic ???',
        'Bearer a.b.c',
        'x'.repeat(5_000),
        'Basic Og==',
      ]);
    return {
      method: one(['POST', 'POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'DELETE', 'PUT', 'OPTIONS', 'HEAD', 'TRACE']),
      path: below(6) === 0 ? `${path}?${segment()}=${segment()}` : path,
      raw: body(isLogin ? LOGIN_FIELDS : FIELDS),
      headers,
    };
  };
}

/** Sends it, and says with which status it was answered; 0 when the connection was closed without an answer. */
export function statusOf(port: number, { method, path, raw = '', headers }: Malformed): Promise<number> {
  return new Promise((resolve) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(raw)) },
    });
    sent.once('error', () => resolve(0));
    sent.once('response', (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0));
    });
    sent.end(raw);
  });
}
