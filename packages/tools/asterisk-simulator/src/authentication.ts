import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a request may pass: Basic credentials, else `?api_key=user:password`, as ARI takes them. */
export type Authenticate = (authorization: string | undefined, query: URLSearchParams) => boolean;

/** One user, who may read and write. */
export function authenticator({ username, password }: { username: string; password: string }): Authenticate {
  const expected = digest(`${username}:${password}`);
  const known = new Set<string>();

  return (authorization, query) => {
    // The same header comes with every request; it is compared slowly once.
    if (authorization !== undefined && known.has(authorization)) return true;
    const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
    const credentials = basic === undefined ? query.get('api_key') : Buffer.from(basic, 'base64').toString();
    const passes = credentials !== null && timingSafeEqual(digest(credentials), expected);
    if (passes && basic !== undefined && authorization !== undefined) known.add(authorization);
    return passes;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
