import { createHash } from 'node:crypto';

/** How a Content-Security-Policy names a style or script that stands in the page itself. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
