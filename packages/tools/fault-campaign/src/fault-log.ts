import { createWriteStream, mkdirSync, rmSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** What the processes and PostgreSQL say while a fault is played; kept beside the results when something was found. */
export interface FaultLogs {
  readonly line: (text: string) => void;
  /** From now on what is said belongs to this fault. */
  readonly begin: (id: string) => void;
  /** The fault is over: its log is kept, and its path returned, or removed. */
  readonly end: (kept: boolean) => string | null;
}

/** @param directory null: nothing is kept. @param show hears every line as well. */
export function openFaultLogs(directory: string | null, show: (line: string) => void): FaultLogs {
  let stream: WriteStream | null = null;
  let file = '';
  return {
    line: (text) => {
      show(text);
      stream?.write(`${text}\n`);
    },
    begin: (id) => {
      if (directory === null) return;
      mkdirSync(directory, { recursive: true });
      file = join(directory, `${id}.log`);
      stream = createWriteStream(file);
    },
    end: (kept) => {
      if (stream === null) return null;
      const over = stream;
      stream = null;
      over.end(() => {
        if (!kept) rmSync(file, { force: true });
      });
      return kept ? file : null;
    },
  };
}
