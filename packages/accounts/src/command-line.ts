import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf, UsageError } from './cli-errors.js';

/** The command that asks for the usage. */
export interface Help {
  readonly name: 'help';
}

/**
 * Reads the process's command line and does what it says. What goes wrong is told on standard error; the process then ends with 2
 * when the command line was wrong, and with 1 when it could not be done.
 */
export async function runCommandLine<Command extends { readonly name: string }>(
  usage: string,
  readArguments: (args: readonly string[]) => Command | Help,
  run: (command: Command) => Promise<void>,
): Promise<void> {
  try {
    const command = readArguments(process.argv.slice(2));
    if (isHelp(command)) process.stdout.write(usage);
    else await run(command);
  } catch (error) {
    process.stderr.write(`${messageOf(error, usage)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** The words and the options of a command line. @throws UsageError */
export function parseWords<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // Its own words would repeat what was typed, which may be a password.
    const unknown = (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new UsageError(unknown ? 'There is no such option.' : 'An option is written wrongly.');
  }
}

function isHelp(command: { readonly name: string }): command is Help {
  return command.name === 'help';
}
