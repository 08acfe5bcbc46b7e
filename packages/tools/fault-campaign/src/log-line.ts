/** What a service's line of JSON says; null of any other line. */
export function parseLogLine(line: string): { readonly message: string; readonly app?: string } | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as { message: string; app?: string };
  } catch {
    return null;
  }
}
