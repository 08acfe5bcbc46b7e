/** What a machine offers for running a server. */
export interface Facts {
  /** The URL of a server that we were given. */
  url?: string | undefined;
  /** Whether the server's programs were found on the machine. */
  found: boolean;
  /** Whether Debian's package tools are there. */
  debian: boolean;
  root: boolean;
  /** Whether an embedded one came with our own npm packages. */
  embedded: boolean;
}

/** The ways to come by a server. */
export type Way = 'given' | 'found' | 'debian' | 'embedded';

/**
 * The ways to a PostgreSQL, best first: each is tried when the one before it failed. A server that was given is the only way, as
 * calls silently put into another database would be worse than none.
 */
export function postgresWays({ url, found, debian, root, embedded }: Facts): Way[] {
  if (url !== undefined && url !== '') return ['given'];
  return [
    ...when(found, 'found'),
    // For root only: the package's programs are unpacked where the unprivileged user that runs them can reach them.
    ...when(debian && root, 'debian'),
    ...when(embedded, 'embedded'),
  ];
}

/** The ways to a Redis. There is no embedded one: no npm package brings a server. */
export function redisWays({ url, found, debian }: Facts): Way[] {
  if (url !== undefined && url !== '') return ['given'];
  return [...when(found, 'found'), ...when(debian, 'debian')];
}

function when(condition: boolean, way: Way): Way[] {
  return condition ? [way] : [];
}
