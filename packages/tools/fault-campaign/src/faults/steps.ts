import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '../installation.js';
import type { ConnectionKind, Weather } from '@dialgate/testing';
import type { Lines } from '../lines.js';
import type { WorkerProcess } from '../worker-process.js';

const SECOND = 1_000;

const ADOPTED_WITHIN_MS = 8_000;

/** Waits for so many seconds, or for a random time between two numbers of them. */
export function seconds(count: number): Promise<void> {
  return sleep(count * SECOND);
}

export function between(stage: Installation, least: number, most: number): Promise<void> {
  return seconds(least + stage.random() * (most - least));
}

/** Waits until it holds; what never comes is a finding, not the end of the campaign. */
export async function until(
  stage: Installation,
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinSeconds = 30,
): Promise<void> {
  const since = performance.now();
  while (!(await holds())) {
    if (performance.now() - since > withinSeconds * SECOND * stage.pace().factor) {
      stage.complain(`${what}: not within ${String(withinSeconds)} s`);
      return;
    }
    await sleep(50);
  }
}

/** What is done meanwhile keeps calls waiting, and nothing else would note it down. */
export async function during(stage: Installation, work: () => Promise<unknown>): Promise<void> {
  const end = stage.troubles.begin();
  try {
    await work();
  } finally {
    end();
  }
}

/** Bad weather on one kind of line of some workers, for so many seconds. */
export async function weather(
  workers: readonly WorkerProcess[],
  line: keyof Lines,
  what: Weather,
  forSeconds: number,
  kind?: ConnectionKind,
): Promise<void> {
  for (const { lines } of workers) lines[line].set(what, kind);
  await seconds(forSeconds);
  for (const { lines } of workers) await lines[line].heal();
}

/** Nobody receives this worker's events, while it is struck and until another has its applications. */
export async function notReceiving(
  stage: Installation,
  victim: WorkerProcess,
  strike: () => Promise<void>,
): Promise<void> {
  const apps = victim.apps();
  const end = stage.spans.begin(apps);
  await strike();
  const others = (): WorkerProcess[] => stage.workers().filter((worker) => worker !== victim);
  const taken = (app: string): boolean => others().some((worker) => worker.apps().includes(app));
  const deadline = performance.now() + ADOPTED_WITHIN_MS * stage.pace().factor;
  // One without open calls stays where it is, and so does one whose holder came back in time.
  while (!apps.every(taken) && performance.now() < deadline) await sleep(100);
  await seconds(2);
  end();
}

/** Asks a worker to stop, which it must do by itself. */
export async function stopped(stage: Installation, worker: WorkerProcess): Promise<void> {
  const code = await worker.stop();
  if (code !== 0) stage.complain(`${worker.name} was asked to stop and ended with ${String(code)}`);
}

/** A worker in the place of one that is gone, at work. @param asterisk of which it is; default: the next in turn. */
export async function replace(stage: Installation, workers: number, asterisk?: number): Promise<void> {
  await stage.startWorker({ asterisk });
  await stage.ready(workers);
}

/** One of them, by the campaign's seed. */
export function pick<Item>(stage: Installation, items: readonly Item[]): Item {
  const picked = items[Math.floor(stage.random() * items.length)];
  if (picked === undefined) throw new Error('there is nothing to strike');
  return picked;
}
