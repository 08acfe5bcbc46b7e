import { isFinal } from '@dialgate/domain';
import { installFakeClock } from './fake-clock.js';
import { heal, strike } from './faults.js';
import { chance, between, seededRandom } from './random.js';
import { drawScenario, saidScenario, type Scenario } from './scenario.js';
import { createScheduler } from './scheduler.js';
import { MISSING_EXTENSION, phoneNumberOf } from './rows.js';
import { openTrace } from './trace.js';
import { createWorld, type Changes, type World } from './world.js';

/** How a run went. */
export interface RunResult {
  readonly seed: number;
  /** Empty when every invariant held. */
  readonly violations: readonly string[];
  /** What happened, when it was asked for. */
  readonly trace: readonly string[];
  /** How many things happened. */
  readonly steps: number;
  /** How much virtual time passed. */
  readonly virtualMs: number;
  readonly statuses: readonly string[];
  readonly invites: number;
}

/** After the faults have stopped, everything that is going to happen happens within this time. */
const PATIENCE_MS = 300_000;

const CHECK_EVERY_MS = 500;

/** The API sweeps expired calls too, so that they end with no worker alive. */
const API_SWEEP_EVERY_MS = 5_000;

/** A run that does not come to an end is a bug of the simulation. */
const STEPS_MAX = 400_000;

/** Runs one seed from the first call to the moment when nothing will happen any more. */
export async function runSeed(
  seed: number,
  options: { readonly traced?: boolean; readonly changes?: Changes } = {},
): Promise<RunResult> {
  return runScenario(drawScenario(seed), options);
}

export async function runScenario(
  scenario: Scenario,
  options: { readonly traced?: boolean; readonly changes?: Changes } = {},
): Promise<RunResult> {
  const scheduler = createScheduler();
  const random = seededRandom(scenario.seed ^ 0x5bd1e995);
  const trace = openTrace(options.traced ?? false, scheduler.now);
  const restore = installFakeClock(scheduler, random);
  if (trace.on) trace.say(saidScenario(scenario));

  const striking = [
    ...scenario.faults.map((fault) => ({ at: fault.at, act: () => strike(fault, world, { scheduler, trace }) })),
    ...(scenario.deserted === null ? [] : [{ at: scenario.deserted.at, act: desert }]),
  ].map(({ at, act }) => ({
    at,
    act: () => {
      struck = true;
      act();
    },
  }));
  const moments = [
    ...striking,
    ...scenario.calls.flatMap(({ id, cancel }) => (cancel === null ? [] : [{ at: cancel, act: () => cancelCall(id) }])),
  ];
  let struck = false;
  let isDeserted = false;
  let mattering = 0;
  const healed: { at: number | null } = { at: null };
  let steps = 0;

  const world = createWorld({
    scenario,
    scheduler,
    random,
    trace,
    changes: options.changes ?? {},
    hasStruck: () => struck,
    onStep: () => {
      mattering++;
      for (const { at, act } of moments) {
        // Not in the middle of what is just happening, but ahead of everything else.
        if ('atStep' in at && at.atStep === mattering) scheduler.after(0, null, () => unlessHealed(act));
      }
    },
  });

  try {
    begin();
    let nextCheck = 0;
    while (await scheduler.step()) {
      if (world.invariants.violations().length > 0) break;
      if (++steps > STEPS_MAX) throw new Error(`seed ${scenario.seed} does not come to an end`);
      if (scheduler.now() < nextCheck) continue;
      nextCheck = scheduler.now() + CHECK_EVERY_MS;
      const sinceHealedMs = healed.at === null ? null : scheduler.now() - healed.at;
      world.invariants.check(sinceHealedMs);
      if (isOver(world, scenario) || (sinceHealedMs ?? 0) > PATIENCE_MS) {
        world.invariants.checkEnd();
        break;
      }
    }
  } finally {
    restore();
  }

  return {
    seed: scenario.seed,
    violations: world.invariants.violations(),
    trace: trace.lines,
    steps,
    virtualMs: scheduler.now(),
    statuses: world.calls.rows().map(({ status, failureReason }) => `${status} ${failureReason ?? ''}`.trim()),
    invites: [...world.asterisk.everything()].reduce((sum, channel) => sum + channel.invites, 0),
  };

  function begin(): void {
    for (let n = 0; n < scenario.workers; n++) {
      scheduler.after(between(random, 0, 500), null, world.startWorker);
    }
    if (scenario.deserted !== null) world.startWorkerElsewhere();
    for (const { id, atMs, callee, ringTimeoutMs, expiresInMs, jobLost } of scenario.calls) {
      scheduler.after(atMs, null, () => {
        const extension = callee === 'no_dialplan' ? MISSING_EXTENSION : 's';
        world.calls.create({ id, phoneNumber: phoneNumberOf(id), extension, ringTimeoutMs, expiresInMs });
        if (!jobLost) scheduler.after(world.network.latencyMs(), null, () => world.queue.add(id));
      });
    }
    for (const { at, act } of moments) if ('atMs' in at) scheduler.after(at.atMs, null, () => unlessHealed(act));
    scheduler.after(API_SWEEP_EVERY_MS, null, sweepAsTheApi);
    scheduler.after(scenario.healAtMs, null, () => {
      if (!isDeserted) healAll();
    });
  }

  function healAll(): void {
    if (trace.on) trace.say('everything is healed');
    healed.at = scheduler.now();
    heal(world, scenario.workers, scheduler);
  }

  function desert(): void {
    if (scenario.deserted === null) return;
    isDeserted = true;
    world.desert();
    if (scenario.deserted.slowWrite) world.database.nextFates.push('slow');
    scheduler.after(scenario.deserted.forMs, null, healAll);
  }

  function unlessHealed(act: () => void): void {
    if (healed.at === null) act();
  }

  function sweepAsTheApi(): void {
    if (!world.database.away) world.calls.expireOverdue();
    scheduler.after(API_SWEEP_EVERY_MS, null, sweepAsTheApi);
  }

  /** The cancel request is stored, and workers are told of it unless that message is lost. */
  function cancelCall(id: string): void {
    if (world.database.away || world.calls.row(id) === undefined) return;
    if (trace.on) trace.say(`the client cancels ${id.slice(-3)}`);
    world.calls.requestCancel(id);
    for (const { process, cancelRequest } of world.workers()) {
      if (chance(random, 0.7)) scheduler.after(world.network.latencyMs(), process, () => cancelRequest(id));
    }
  }
}

/** Every call has ended, no channel is left, and no request is under way that could still make one. */
function isOver(world: World, scenario: Scenario): boolean {
  const rows = world.calls.rows();
  return (
    rows.length === scenario.calls.length &&
    rows.every(({ status }) => isFinal(status)) &&
    world.asterisk.channels().length === 0 &&
    world.ari.underWay === 0
  );
}
