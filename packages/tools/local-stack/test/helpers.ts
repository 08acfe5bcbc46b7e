import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A directory for one test file, with a blank in its name, as a checkout's may have. */
export function scratch(): { directory: string; script(name: string, source: string): string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'dialgate test '));
  // Also when no test of the file is run (--grep) and its hooks are not called.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755); // Root's PostgreSQL runs as somebody else, who must be able to enter.
  return {
    directory,
    script(name, source) {
      const file = join(directory, name);
      writeFileSync(file, source);
      return file;
    },
    // What was ended may still be writing its last.
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 }),
  };
}

/** Waits until it holds, ten seconds at most if not told otherwise; on a slow machine that many times longer. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, quietMs = 10_000): Promise<void> {
  const withinMs = quietMs * Math.max(1, Number(process.env.TEST_SLOWNESS ?? 1));
  for (let waited = 0; waited < withinMs; waited += 50) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`${what}: not within ${withinMs} ms`);
}
