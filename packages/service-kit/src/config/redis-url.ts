/** Where one server of Redis, or one sentinel, listens. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  /** Of the servers, as percent-decoded. */
  readonly username: string | null;
  readonly password: string | null;
}

/** What `REDIS_URL` says: one server, the sentinels of a master, or some nodes of a cluster. */
export type RedisAddress =
  | (Access & { readonly kind: 'single' })
  | (Access & {
      readonly kind: 'sentinel';
      /** The name under which the sentinels know the servers. */
      readonly master: string;
      readonly db: number;
      /** Of the sentinels themselves, which have other users than the servers. */
      readonly sentinelUsername: string | null;
      readonly sentinelPassword: string | null;
    })
  | (Access & { readonly kind: 'cluster' });

const SHAPE =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<access>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

const SENTINEL_ACCESS = ['sentinel_username', 'sentinel_password'];

/**
 * Reads a `REDIS_URL`:
 *
 * - `redis://user:password@host:6379/0`
 * - `redis+sentinel://user:password@a:26379,b:26379/mymaster/0?sentinel_username=…&sentinel_password=…`
 * - `redis+cluster://user:password@a:6379,b:6379`
 *
 * each with `rediss` instead of `redis` for TLS, which then holds for the sentinels, too.
 *
 * @throws Error whose message goes on behind the variable's name (`must …`) and holds nothing of the URL.
 */
export function readRedisUrl(url: string): RedisAddress {
  const { scheme, kind, access, hosts = '', path = '', query = '' } = SHAPE.exec(url)?.groups ?? {};
  if (scheme === undefined) {
    throw new Error(
      'must begin with redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://',
    );
  }
  const colon = access?.indexOf(':') ?? -1;
  const common = {
    hosts: hostsIn(hosts, kind === 'sentinel' ? 26379 : 6379),
    tls: scheme === 'rediss',
    username: decoded(colon < 0 ? access : access?.slice(0, colon)),
    password: decoded(colon < 0 ? undefined : access?.slice(colon + 1)),
  };

  if (kind === undefined) {
    if (common.hosts.length > 1) {
      throw new Error('must name one host, or begin with redis+sentinel:// or redis+cluster://');
    }
    return { kind: 'single', ...common };
  }
  const options = new URLSearchParams(query);
  const allowed = kind === 'sentinel' ? SENTINEL_ACCESS : [];
  for (const name of options.keys()) {
    if (!allowed.includes(name))
      throw new Error('must have no other options than sentinel_username and sentinel_password');
  }
  if (kind === 'cluster') {
    if (!/^0?$/.test(path)) throw new Error('must not name a database: a cluster has only number 0');
    return { kind, ...common };
  }
  const [master = '', db = '0', ...more] = path.split('/');
  if (master === '') throw new Error('must name the master behind the sentinels: redis+sentinel://host:26379/mymaster');
  if (!/^\d{1,5}$/.test(db) || more.length > 0)
    throw new Error('must have the number of a database behind the master, or nothing');
  return {
    kind: 'sentinel',
    ...common,
    master: decoded(master) ?? '',
    db: Number(db),
    sentinelUsername: options.get('sentinel_username'),
    sentinelPassword: options.get('sentinel_password'),
  };
}

function hostsIn(text: string, defaultPort: number): RedisHost[] {
  return text.split(',').map((part) => {
    const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]*))(?::(\d*))?$/.exec(part.trim()) ?? [];
    const host = bracketed ?? plain;
    if (host === undefined || (host === '' && text !== part)) throw new Error('must have hosts such as a:6379,b:6379');
    const number = port === undefined || port === '' ? defaultPort : Number(port);
    if (number < 1 || number > 65_535) throw new Error('must have ports from 1 to 65535');
    return { host: host === '' ? '127.0.0.1' : host, port: number };
  });
}

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('must have its special characters percent-encoded');
  }
}
