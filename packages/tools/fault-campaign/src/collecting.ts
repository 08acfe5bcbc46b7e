/**
 * Makes a process collect its garbage every 20 s. V8 by itself, with gigabytes to spare, puts it off until resident memory has
 * wandered by a hundred megabytes, and nothing below that could be seen.
 */
export const COLLECTING = `--import=data:text/javascript,${encodeURIComponent(`
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  setInterval(runInNewContext('gc'), 20_000).unref();
`)}`;

/** Whoever watches for so long sees it just after a collection. */
export const COLLECTED_WITHIN_SECONDS = 22;
