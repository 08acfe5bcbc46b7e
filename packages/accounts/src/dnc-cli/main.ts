/**
 * The do-not-call list on the command line: import, export, add, remove, list, count. Reads DATABASE_URL and HOME_COUNTRY; says
 * what it did on standard output, what went wrong on standard error.
 */
import { once } from 'node:events';
import { canonicalNumbers, databaseUrl, loadConfig, numberVariables } from '@dialgate/service-kit';
import { openDatabase, type DoNotCallList } from '@dialgate/database';
import Joi from 'joi';
import { auditEntry, recordEntry } from '../audit-entry.js';
import { runCommandLine } from '../command-line.js';
import { readArguments, USAGE, type Command } from './arguments.js';
import { runCommand } from './run-command.js';

// Whoever reads the beginning only (`| head`) has seen enough.
process.stdout.on('error', () => process.exit());

await runCommandLine(USAGE, readArguments, run);

async function run(command: Command): Promise<void> {
  const { DATABASE_URL, HOME_COUNTRY } = loadConfig(
    Joi.object<{ DATABASE_URL: string; HOME_COUNTRY?: string }>({
      DATABASE_URL: databaseUrl(),
      HOME_COUNTRY: numberVariables().HOME_COUNTRY,
    }),
    process.env,
  );
  const database = openDatabase({ url: DATABASE_URL, applicationName: 'dialgate-dnc' });
  const { list, changed } = counting(database.doNotCall);
  try {
    await runCommand(command, {
      doNotCall: list,
      canonical: await canonicalNumbers(HOME_COUNTRY ?? null),
      stdin: process.stdin,
      write: async (text) => {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      },
      complain: (line) => process.stderr.write(`${line}\n`),
    });
  } finally {
    // Also when it ended half-way: what was changed until then stays.
    if (changed.added + changed.removed > 0) {
      await recordEntry(auditEntry('do_not_call_changed', 'cli', null, { ...changed }), database.audit, USAGE);
    }
    await database.close();
    process.stdin.destroy(); // Else a standard input that nobody closes keeps the process.
  }
}

/** The list, and how many numbers were put on it and taken off it. */
function counting(list: DoNotCallList): { list: DoNotCallList; changed: { added: number; removed: number } } {
  const changed = { added: 0, removed: 0 };
  return {
    changed,
    list: {
      ...list,
      add: async (entries) => {
        const added = await list.add(entries);
        changed.added += added;
        return added;
      },
      remove: async (number) => {
        const removed = await list.remove(number);
        if (removed) changed.removed++;
        return removed;
      },
    },
  };
}
