import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { DoNotCallList } from '@dialgate/database';
import { NotDoneError } from '../cli-errors.js';
import type { Command } from './arguments.js';
import { COLUMNS, csvLine, entryLine, readCsv, type NewEntry } from './csv.js';

/** What a command is done with. */
export interface Means {
  readonly doNotCall: DoNotCallList;
  /** Into the form in which numbers are compared; null for what is no number. */
  readonly canonical: (text: string) => string | null;
  readonly stdin: Readable;
  /** Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** A problem that does not stop the rest. */
  readonly complain: (line: string) => void;
}

/** Entries that go to and from the database at once. */
const BATCH = 1_000;

const LISTED = 100;

/** Bad lines that are named; of more it is said how many. */
const NAMED_LINES = 50;

/**
 * Does what was asked for, and says so.
 *
 * @throws NotDoneError, DialgateError `database_unavailable`
 */
export async function runCommand(command: Command, means: Means): Promise<void> {
  const { doNotCall, write } = means;
  switch (command.name) {
    case 'import':
      return importFile(command.file, means);
    case 'export':
      await write(csvLine(COLUMNS));
      for await (const lines of pages(doNotCall)) await write(lines);
      return;
    case 'list': {
      const entries = await doNotCall.page(null, LISTED);
      await write(
        entries
          .map(
            ({ number, addedAt, reason }) =>
              `${number}  ${addedAt.toISOString().slice(0, 10)}  ${reason ?? ''}`.trimEnd() + '\n',
          )
          .join(''),
      );
      const more = (await doNotCall.count()) - entries.length;
      return write(more > 0 ? `and ${more} more; export has them all\n` : '');
    }
    case 'count':
      return write(`${await doNotCall.count()}\n`);
    case 'add': {
      const number = numberOf(command.number, means);
      const added = await doNotCall.add([{ number, reason: command.reason, addedAt: null, source: 'command line' }]);
      return write(added > 0 ? `${number} is on the list now.\n` : `${number} was on the list already.\n`);
    }
    case 'remove': {
      const number = numberOf(command.number, means);
      if (!(await doNotCall.remove(number))) throw new NotDoneError(`${number} is not on the list.`);
      return write(`${number} is off the list now.\n`);
    }
  }
}

/**
 * Written in portions, so that a long list takes no memory; what is written stays when the rest fails, and may be imported again.
 */
async function importFile(file: string, { doNotCall, canonical, stdin, write, complain }: Means): Promise<void> {
  const input = file === '-' ? stdin : createReadStream(file);
  const source = file === '-' ? 'standard input' : basename(file);
  let [added, known, bad] = [0, 0, 0];
  let portion: NewEntry[] = [];
  const flush = async (): Promise<void> => {
    const fresh = await doNotCall.add(portion);
    added += fresh;
    known += portion.length - fresh;
    portion = [];
  };
  try {
    for await (const one of readCsv(input, source, canonical)) {
      if ('number' in one) {
        if (portion.push(one) >= BATCH) await flush();
      } else if (++bad <= NAMED_LINES) complain(`Line ${one.line} ${one.problem}.`);
    }
  } catch (error) {
    if ((error as { syscall?: unknown }).syscall === undefined) throw error;
    throw new NotDoneError(`${source} cannot be read (${String((error as { code?: unknown }).code)}).`);
  }
  await flush();
  await write(`${added} added, ${known} on the list already, ${bad} not understood.\n`);
  if (bad > NAMED_LINES) complain(`And ${bad - NAMED_LINES} lines more.`);
  if (bad > 0) throw new NotDoneError('What was not understood was left out; all else is on the list.');
}

async function* pages(doNotCall: DoNotCallList): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const page = await doNotCall.page(after, BATCH);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map(entryLine).join('');
    after = last.number;
  }
}

function numberOf(typed: string, { canonical }: Means): string {
  const number = canonical(typed);
  if (number === null)
    throw new NotDoneError('That is no number. Write it as +33123456789, or as the digits of an extension.');
  return number;
}
