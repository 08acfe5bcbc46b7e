import type { IncomingMessage } from 'node:http';
import type { Reply } from './replies.js';
import { refuse } from './replies.js';

/** A request as the routes see it. */
export interface AriRequest {
  readonly method: string;
  /** The decoded segments behind `/ari`. */
  readonly path: readonly string[];
  /** A parameter of the query, or a key of a JSON or form body, which wins; '' if it is nowhere. */
  readonly param: (name: string) => string;
  /** The JSON body, if there is one and it is an object. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The TCP connection: Asterisk serves each by a thread of its own, with a memory of its own. */
  readonly connection: object;
}

/** The longest body Asterisk reads, in bytes. */
const LONGEST_BODY = 40_960;

/** Where a URL leads: null if it is not below `/ari` or cannot be decoded. */
export function parseUrl(url: string): { path: readonly string[]; query: URLSearchParams } | null {
  const mark = url.indexOf('?');
  const pathname = mark < 0 ? url : url.slice(0, mark);
  if (pathname !== '/ari' && !pathname.startsWith('/ari/')) return null;

  try {
    const path = pathname.slice('/ari/'.length).split('/').map(decodeURIComponent);
    return { path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
  } catch {
    return null; // a percent sign that escapes nothing
  }
}

/** Reads the body to its end, keeping no more of it than is needed to refuse it. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length - chunk.length <= LONGEST_BODY) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The parameters and the JSON body of a request, or Asterisk's refusal of a body it cannot read. */
export function parseParameters(
  query: URLSearchParams,
  contentType: string,
  raw: Buffer,
): Pick<AriRequest, 'param' | 'body'> | Reply {
  if (raw.length > LONGEST_BODY) return refuse(413, 'Request body too large');

  const form = contentType.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(raw.toString()) : null;
  const body = contentType.startsWith('application/json') && raw.length > 0 ? parseJson(raw) : null;
  if (body === 'broken') return refuse(400, 'Error parsing request body');

  const param = (name: string): string => scalar(body?.[name]) ?? form?.get(name) ?? query.get(name) ?? '';
  return { param, body };
}

function parseJson(raw: Buffer): Record<string, unknown> | null | 'broken' {
  try {
    const value: unknown = JSON.parse(raw.toString());
    return isObject(value) ? value : null;
  } catch {
    return 'broken';
  }
}

/** Whether a value is a JSON object (and no array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
