import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret made up at the first start and the same at every later one, in a file that only its owner can read. */
export function keptSecret(directory: string, name: string, bytes = 18): string {
  const file = join(directory, name);
  const kept = readIfThere(file);
  if (kept !== '') return kept;

  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const secret = madeUpSecret(bytes);
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Random, and fit for a URL, a shell and a configuration file alike. */
export function madeUpSecret(bytes = 18): string {
  return randomBytes(bytes).toString('base64url').replace(/^-/, 'x');
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
