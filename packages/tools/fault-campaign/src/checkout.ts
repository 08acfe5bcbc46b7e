import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What is played just now. */
export interface Checkout {
  /** The commit's name, `unknown` outside of a checkout. */
  readonly commit: string;
  /** Whether anything but the results differs from the commit. */
  readonly dirty: boolean;
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** @param results the whole path of the file of results, which may lie in the checkout and is no change of it. */
export function checkout(results: string): Checkout {
  try {
    const commit = git('rev-parse', 'HEAD');
    // Git knows of nothing outside of the checkout, and does not want to hear of it.
    const own = results.startsWith(ROOT) ? [results, `${results}.logs`] : [];
    const paths = ['.', ...own.map((path) => `:(exclude)${path}`)];
    return { commit, dirty: git('status', '--porcelain', '--', ...paths) !== '' };
  } catch {
    return { commit: 'unknown', dirty: true };
  }
}

function git(...args: string[]): string {
  return execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
