import { endWhenStuck, runService, silentLog } from '../src/index.js';

const LIMITS = { everyMs: 50, looks: 40 };

/** Longer than it may stand still. */
const WORK_TURNS = 2 * LIMITS.looks;

await runService([endWhenStuck(LIMITS)], silentLog);
if (process.argv[2] === 'hangs') for (;;);

let turns = 0;
setInterval(() => {
  if (++turns === WORK_TURNS) process.kill(process.pid, 'SIGTERM');
}, LIMITS.everyMs);
