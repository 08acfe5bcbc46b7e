import { UsageError } from '../cli-errors.js';
import { parseWords, type Help } from '../command-line.js';

/** What the command line asks for. */
export type Command =
  | { readonly name: 'list' | 'count' | 'export' }
  | { readonly name: 'import'; readonly file: string }
  | { readonly name: 'add'; readonly number: string; readonly reason: string | null }
  | { readonly name: 'remove'; readonly number: string };

export const REASON_MAX_LENGTH = 200;

/** A line break would make two lines of an entry. */
export const CONTROL = /\p{Cc}/u;

export const USAGE = `Usage:
  dnc import FILE.csv         adds the numbers of a file; - is standard input
  dnc export                  writes the whole list as CSV on standard output
  dnc add <number> [--reason TEXT]
  dnc remove <number>
  dnc list                    the first hundred numbers
  dnc count

The do-not-call list: nobody on it is called. A file has the columns number,reason,added_at,source,
and only the first is needed; without a heading its columns stand in that order. Each
line is an entry of its own. Numbers are
+33123456789, digits of an extension, or, when HOME_COUNTRY is set, as they are dialled there.
The database is DATABASE_URL.

Exit codes: 0 done, 1 not done or not all of it (a message says why), 2 not understood.
`;

/** How many words each command takes behind its name, and which options. */
const SHAPES = {
  help: [0, []],
  list: [0, []],
  count: [0, []],
  export: [0, []],
  import: [1, []],
  add: [1, ['reason']],
  remove: [1, []],
} as const satisfies Record<(Command | Help)['name'], readonly [number, readonly string[]]>;

const OPTIONS = { reason: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** @throws UsageError */
export function readArguments(args: readonly string[]): Command | Help {
  const { values, positionals } = parseWords(args, OPTIONS);
  const [name, word = '', ...rest] = positionals;
  if (values.help === true) return { name: 'help' };
  if (name === undefined) throw new UsageError('Say what to do.');
  if (!isCommand(name)) throw new UsageError('There is no such command.');

  const [words, options] = SHAPES[name];
  if (words > 0 && word === '') throw new UsageError(`${name} wants a ${name === 'import' ? 'file' : 'number'}.`);
  if (rest.length > 0 || (words === 0 && word !== '')) throw new UsageError(`Too many words after ${name}.`);
  const stray = Object.keys(values).find((option) => !(options as readonly string[]).includes(option));
  if (stray !== undefined) throw new UsageError(`${name} takes no --${stray}.`);

  if (name === 'import') return { name, file: word };
  if (name === 'remove') return { name, number: word };
  if (name !== 'add') return { name };
  const reason = values.reason?.trim() ?? '';
  if (reason.length > REASON_MAX_LENGTH) throw new UsageError(`A reason has at most ${REASON_MAX_LENGTH} characters.`);
  if (CONTROL.test(reason)) throw new UsageError('A reason has no control characters.');
  return { name, number: word, reason: reason === '' ? null : reason };
}

function isCommand(name: string): name is keyof typeof SHAPES {
  return Object.hasOwn(SHAPES, name);
}
