/** What is sent back for an HTTP request. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A page instead of JSON: what Asterisk answers where ARI is not there (yet). */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 with a body. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** 204. */
export const NO_CONTENT: Reply = { status: 204 };

/** ARI's way to refuse: a status and one sentence. */
export function refuse(status: number, message: string): Reply {
  return { status, body: { message } };
}

/** The one refusal whose key is `error`: unknown endpoint, no contact, bad technology. */
export const ALLOCATION_FAILED: Reply = { status: 500, body: { error: 'Allocation failed' } };

/** Bad or no credentials, for requests and WebSockets alike. */
export const AUTHENTICATION_REQUIRED: Reply = {
  status: 401,
  body: { message: 'Authentication required' },
  headers: { 'WWW-Authenticate': 'Basic realm="Asterisk REST Interface"' },
};

/** ARI is loaded, but Asterisk has not fully booted; the connection ends with it. */
export const NOT_BOOTED: Reply = {
  status: 503,
  body: { message: 'Asterisk not booted' },
  headers: { Connection: 'close' },
};

/** A page of Asterisk's HTTP server, outside ARI or before ARI is loaded. */
export function htmlPage(status: number, title: string, text: string): Reply {
  return {
    status,
    html:
      '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\r\n' +
      `<html><head>\r\n<title>${status} ${title}</title>\r\n</head><body>\r\n<h1>${title}</h1>\r\n<p>${text}</p>\r\n` +
      '<hr />\r\n<address>Asterisk</address>\r\n</body></html>\r\n',
  };
}

/** What any path answers before the ARI modules are loaded. */
export const HTML_NOT_FOUND = htmlPage(404, 'Not Found', 'The requested URL was not found on this server.');

/** Status, headers and body as they go over the wire. */
export function encoded(reply: Reply): { headers: Record<string, string | number>; text: string } {
  const text = reply.html ?? (reply.body === undefined ? '' : JSON.stringify(reply.body));
  const type = reply.html === undefined ? 'application/json' : 'text/html';
  return {
    text,
    headers: {
      Server: 'Asterisk/22.10.1',
      'Cache-Control': 'no-cache, no-store',
      ...(text === '' ? {} : { 'Content-Type': type }),
      ...(reply.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) }),
      ...reply.headers,
    },
  };
}
