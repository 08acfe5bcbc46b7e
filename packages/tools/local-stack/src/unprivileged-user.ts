import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A user of this machine. */
export interface User {
  name: string;
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: whom to run it as then. `postgres` if it exists, else a user that owns nothing. */
export function unprivilegedUser(passwd: string): User | null {
  const users = passwd.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    return name !== '' && Number(uid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  return (
    users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody') ?? users[0] ?? null
  );
}

/** The user to run PostgreSQL as, or undefined when we are not root and it simply runs as we do. */
export function runAs(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return unprivilegedUser(readFileSync('/etc/passwd', 'utf8')) ?? undefined;
}

/** True when the user can work in the directory and run the programs. */
export function canUse(
  user: User | undefined,
  { directory, programs = [] }: { directory?: string; programs?: string[] },
): boolean {
  const script =
    'if [ -n "$1" ]; then cd "$1" && test -w . || exit 1; fi; shift; for p in "$@"; do test -x "$p" || exit 1; done';
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', directory ?? '', ...programs], {
    cwd: '/',
    stdio: 'ignore',
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  return status === 0;
}

/**
 * A directory that the user can work in: the one wanted, or, when something above it bars that user's way (a checkout under /root),
 * one under /var/tmp whose name comes from the one wanted, so that it is found again.
 */
export function directoryFor(user: User | undefined, wanted: string, log: (line: string) => void): string {
  makeFor(user, wanted);
  if (canUse(user, { directory: wanted })) return wanted;

  const elsewhere = join('/var/tmp', `dialgate-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`);
  makeFor(user, elsewhere);
  log(`${user?.name ?? 'this user'} cannot enter ${wanted}: its data is in ${elsewhere}`);
  return elsewhere;
}

function makeFor(user: User | undefined, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
}
