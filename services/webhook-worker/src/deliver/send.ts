import type { LookupFunction } from 'node:net';
import axios from 'axios';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import type { AttemptError, AttemptResult } from './after-attempt.js';

export type Send = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<AttemptResult>;

/**
 * Sends one request and looks at nothing but the status of the answer: its body is cut off unread. Addresses are judged as the
 * connection is made, after the name was resolved and for the very address that is connected to, so that no name can lead to an
 * address of this network, whatever it resolved to before. No redirect is followed and no proxy of the environment used; every
 * request has a connection of its own.
 *
 * @param options.allowedPrivate private addresses and networks that may be sent to all the same.
 * @param options.lookup in place of the system's resolver, in tests.
 */
export function createSend(options: {
  readonly timeoutMs: number;
  readonly allowHttp: boolean;
  readonly allowedPrivate: readonly string[];
  readonly lookup?: LookupFunction;
}): Send {
  const { timeoutMs, allowHttp, allowedPrivate, lookup } = options;
  const agentOptions = { allowIPAddressList: [...allowedPrivate], keepAlive: false, ...(lookup && { lookup }) };
  const httpAgent = new RequestFilteringHttpAgent(agentOptions);
  const httpsAgent = new RequestFilteringHttpsAgent(agentOptions);

  return async (url, headers, body) => {
    if (!allowHttp && !url.startsWith('https:')) return { error: 'https_required' };
    try {
      const {
        status,
        headers: answered,
        data,
      } = await axios.post<NodeJS.ReadableStream & { destroy: () => void }>(url, body, {
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Dialgate', accept: '*/*' },
        httpAgent,
        httpsAgent,
        proxy: false,
        maxRedirects: 0,
        decompress: false,
        responseType: 'stream',
        validateStatus: () => true,
        // Over all of it: a name that is never resolved and an answer that never begins take no longer.
        signal: AbortSignal.timeout(timeoutMs),
        transformRequest: (text: string) => text,
      });
      data.destroy();
      return { status, retryAfterMs: retryAfter(answered['retry-after'], Date.now()) };
    } catch (error) {
      return { error: reasonOf(error) };
    }
  };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
export function retryAfter(header: unknown, nowMs: number): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

function reasonOf(error: unknown): AttemptError {
  const { code, message = '' } = error as { code?: string; message?: string };
  // The agent has no code for it.
  if (message.includes('is not allowed.')) return 'address_refused';
  if (code === 'ERR_CANCELED' || code === 'ETIMEDOUT' || code === 'ECONNABORTED') return 'timeout';
  return code !== undefined && /^(ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)
    ? 'tls'
    : 'unreachable';
}
