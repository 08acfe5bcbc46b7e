// The steps before a story can be told: a line each, with how long it took and what is being waited for.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** How often a step that takes long says so where nothing can be overwritten, in milliseconds. */
const SAY_EVERY_MS = 10_000;

/** How often it is looked whether npm is still there, in milliseconds. */
const PARENT_CHECK_MS = 250;
const PARENT = process.ppid;

/** What a signal makes of an exit code, as shells count. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Runs a command quietly: one line before, its duration after, and all it said when it fails, which ends this process too.
 * Ctrl-C ends the command and this process, and so does the end of the npm that started us.
 */
export async function step(title, command, args, { cwd, progress, hint } = {}) {
  await working(title, hint, async ({ onSignal, say }) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Of its own group: npx starts children, and all of them shall end together.
      detached: true,
      env: { ...process.env, CI: process.env.CI ?? 'true', NO_UPDATE_NOTIFIER: '1' },
    });
    onSignal(() => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    });
    let heard = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => {
        heard += chunk;
        say(progress?.(heard));
      });
    }
    const code = await new Promise((resolve) => {
      child.once('error', (error) => {
        heard += `${command}: ${error.message}\n`;
        resolve(127);
      });
      child.once('close', (exitCode) => resolve(exitCode ?? 1));
    });
    if (code !== 0) throw new StepError(heard, code);
  });
}

/** Shows a piece of work of this process in the same way. */
export async function working(title, hint, work) {
  const terminal = process.stdout.isTTY === true;
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
  let said = '';
  process.stdout.write(`• ${title} …`);
  const say = (progress) => {
    said = progress ?? said;
    if (terminal && said !== '') process.stdout.write(`\r\u001b[K• ${title} … ${said}`);
  };
  const waiting = setInterval(() => {
    const line = `${said === '' ? '' : `${said}, `}${Math.round(Number(seconds()))} s`;
    process.stdout.write(terminal ? `\r\u001b[K• ${title} … ${line}` : `\n  … ${line}`);
  }, SAY_EVERY_MS);

  let undo = () => undefined;
  const end = (code) => {
    undo();
    process.stdout.write('\n');
    process.exit(code);
  };
  // A SIGTERM sent to npm ends npm and its shell, which do not hand it on.
  const parentCheck = setInterval(() => {
    if (process.env.npm_lifecycle_event !== undefined && process.ppid !== PARENT) end(EXIT_CODES.SIGTERM);
  }, PARENT_CHECK_MS);
  const handlers = Object.entries(EXIT_CODES).map(([signal, code]) => {
    const handler = () => end(code);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  try {
    await work({ say, onSignal: (callback) => (undo = callback) });
    process.stdout.write(terminal ? `\r\u001b[K• ${title} … ${seconds()} s\n` : ` ${seconds()} s\n`);
  } catch (error) {
    process.stdout.write(` failed after ${seconds()} s\n${error instanceof StepError ? error.heard : ''}\n`);
    fail(hint ?? `${title}: ${error instanceof StepError ? 'failed' : error.message}`, error.code);
  } finally {
    clearInterval(waiting);
    clearInterval(parentCheck);
    for (const off of handlers) off();
  }
}

/** Ends this process with a sentence about why. */
export function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  // Whoever reads a test run by its last line reads this one.
  if (process.argv[2] === 'test') process.stdout.write('0 passed, 1 failed\n');
  process.exit(typeof code === 'number' ? code : 1);
}

class StepError extends Error {
  constructor(heard, code) {
    super('failed');
    this.heard = heard;
    this.code = code;
  }
}
