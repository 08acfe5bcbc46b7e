// Outlives the process that started it by seconds, and only to tidy up: it hears on its standard input which processes and
// temporary directories belong to that process, and when the pipe closes without their having been released (the owner was killed
// with -9), it ends and removes what is left, all at once: nobody is there any more for whom an order would matter. Plain
// JavaScript: it runs before and without any build.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const processes = new Map(); // pid → [{ signal, waitMs }]
const directories = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (said.watch) processes.set(said.watch.pid, said.watch.steps);
  if (said.release) processes.delete(said.release);
  if (said.remove) directories.add(said.remove);
  if (said.keep) directories.delete(said.keep);
}

await Promise.all([...processes].reverse().map(([pid, steps]) => end(pid, steps)));
for (const directory of directories) rmSync(directory, { recursive: true, force: true });

async function end(pid, steps) {
  for (const { signal, waitMs } of steps) {
    if (!sent(pid, signal)) return;
    for (let waited = 0; waited < waitMs && sent(pid, 0); waited += 50) await sleep(50);
  }
}

function sent(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // It is gone.
  }
}
