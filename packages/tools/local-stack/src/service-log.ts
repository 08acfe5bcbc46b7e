import { createWriteStream, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** A log file of one process, and what of it is worth a person's while. */
export interface ServiceLog {
  file: string;
  line: (text: string) => void;
  close: () => void;
}

/** What a line in the terminal does without: said already, or too long. */
const LEFT_OUT = new Set(['level', 'message', 'time', 'timestamp', 'service', 'stack']);

/** Every line goes to `<directory>/<name>.log`, the run before to `<name>.1.log`; warnings and errors are shown as well. */
export function openServiceLog(directory: string, name: string, show: (line: string) => void): ServiceLog {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${name}.log`);
  try {
    renameSync(file, join(directory, `${name}.1.log`));
  } catch {
    // The first run.
  }
  const stream = createWriteStream(file, { mode: 0o600 });
  return {
    file,
    line(text) {
      stream.write(`${text}\n`);
      const shown = worthShowing(text);
      if (shown !== null) show(`${name}: ${shown}`);
    },
    close: () => stream.end(),
  };
}

/**
 * What of a service's log line is shown in the terminal: warnings and errors, short. Services log JSON; anything else from them is
 * a crash speaking, and shown as it is.
 */
export function worthShowing(line: string): string | null {
  if (line.trim() === '') return null;
  const entry = parsed(line);
  if (entry === null) return line;
  const { level, message } = entry;
  if (level !== 'warn' && level !== 'error') return null;
  const details = Object.entries(entry)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${level}: ${String(message)}${details === '' ? '' : ` (${details})`}`;
}

function parsed(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
