import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Part } from './run-service.js';

/** How often is looked, in milliseconds, and how often in a row nothing may have moved. */
const STUCK = { everyMs: 5_000, looks: 12 };

/**
 * Ends the process when its event loop has stood still for a minute, so that whoever started it (compose, systemd) starts it
 * anew: nobody else would, as an unhealthy container is left as it is. A minute is ten times a worker's lease: what it had to do
 * others have taken over.
 *
 * A thread of its own looks, and counts its looks instead of timing them: a process or a machine that was paused is not stuck.
 * SIGALRM because a stuck loop hears no signal that is handled, and because the exit code 142 is nobody else's. Process 1 of a
 * container cannot be ended so: compose puts an init in front (`init: true`). Nothing is watched under a debugger.
 *
 * Goes first among the parts: then it covers the start and the draining, too.
 */
export function endWhenStuck(limits: { readonly everyMs: number; readonly looks: number } = STUCK): Part {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let beat: NodeJS.Timeout | undefined;
  let watch: Worker | undefined;
  return {
    name: 'end when stuck',
    start: () => {
      if (debuggerUrl() !== undefined) return Promise.resolve();
      beat = setInterval(() => Atomics.add(beats, 0, 1), limits.everyMs / 2).unref();
      watch = new Worker(WATCH, { eval: true, workerData: { beats, ...limits }, stdout: false, stderr: false });
      watch.unref();
      return Promise.resolve();
    },
    stop: async () => {
      clearInterval(beat);
      await watch?.terminate();
    },
  };
}

/** What the thread runs. It logs nothing: where the log blocks, that is what the process is stuck in. */
const WATCH = `
const { beats, everyMs, looks } = require('node:worker_threads').workerData;
let last = -1;
let still = 0;
setInterval(() => {
  const now = Atomics.load(beats, 0);
  still = now === last ? still + 1 : 0;
  last = now;
  if (still >= looks) process.kill(process.pid, 'SIGALRM');
}, everyMs);
`;
