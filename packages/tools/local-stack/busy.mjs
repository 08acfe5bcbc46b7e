// `pnpm busy 12 -- npm start`: runs a command with so many busy loops beside it, as on a machine that others work on, and ends the
// loops whatever happens. Its exit code is the command's. Plain JavaScript: it runs before and without any build.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [count, ...rest] = process.argv.slice(2).filter((argument, index) => !(index <= 1 && argument === '--'));
const [command, ...args] = rest;
const loops = Number(count);
if (!Number.isInteger(loops) || loops < 0 || command === undefined) {
  process.stderr.write('usage: pnpm busy NUMBER -- COMMAND …\n');
  process.exit(2);
}

// A loop ends by itself when we are gone, even by kill -9: its parent is another then.
const LOOP = `const parent = Number(process.argv[1]);
while (process.ppid === parent) for (const until = performance.now() + 100; performance.now() < until; );`;
const busy = Array.from({ length: loops }, () =>
  spawn(process.execPath, ['-e', LOOP, String(process.pid)], { stdio: 'ignore' }),
);
process.on('exit', () => busy.forEach((loop) => loop.kill('SIGKILL')));

// In a terminal Ctrl-C reaches the command, too; otherwise it is handed on. Either way we stay until the command has ended.
const child = spawn(command, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.once('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(127);
});
child.once('close', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
