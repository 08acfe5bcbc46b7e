import type { Floors } from './floors.js';
import type { Trial } from './trial.js';

/** Prints what was measured, and the ratios with their goals. */
export function report({
  head,
  base,
  floors,
  baseName,
  say,
}: {
  readonly head: Trial;
  readonly base: Trial | null;
  readonly floors: Floors;
  readonly baseName: string;
  readonly say: (line: string) => void;
}): void {
  const ratio = (name: string, value: number, goal?: number): void => {
    const verdict = goal === undefined ? '' : `  (goal ≤ ${goal.toFixed(2)}${value <= goal ? '' : ', not met'})`;
    say(`  ${name.padEnd(42)} ${value.toFixed(2).padStart(9)}${verdict}`);
  };

  say(`\n${'best of the rounds'.padEnd(44)} ${'now'.padStart(9)} ${(base === null ? '' : baseName).padStart(9)}`);
  for (const [name, pick, digits] of ROWS) {
    const columns = [head, base].map((trial) => (trial === null ? '' : pick(trial).toFixed(digits)).padStart(9));
    say(`  ${name.padEnd(42)} ${columns.join(' ')}`);
  }
  say(`  ${'an empty Node process, CPU s'.padEnd(42)} ${floors.emptyCpu.toFixed(3).padStart(9)}`);
  say(`  ${'a bare Express, CPU s until it answers'.padEnd(42)} ${floors.expressCpu.toFixed(3).padStart(9)}`);
  say(`  ${'a bare Express, s until it answers'.padEnd(42)} ${floors.expressWall.toFixed(2).padStart(9)}`);
  say(`  ${'the same behind `npm start`'.padEnd(42)} ${floors.expressByNpmWall.toFixed(2).padStart(9)}\n`);

  if (base !== null) {
    ratio('packages installed', head.packages / base.packages, 1 / 2);
    ratio('megabytes installed', head.megabytes / base.megabytes, 1 / 2);
    ratio('CPU from clone to first 202', head.firstCpu / base.firstCpu, 1 / 3);
    ratio('CPU until the API listens', head.apiListensCpu / base.apiListensCpu, 1 / 3);
    ratio('memory of the idle API and worker', memory(head) / memory(base), 0.6);
  }
  ratio('CPU until the API listens, in empty Nodes', head.apiListensCpu / floors.emptyCpu);
  ratio('second start to first 202, in bare Express', head.secondWall / floors.expressWall, 3);
  ratio('  the same, both behind `npm start`', head.secondWall / floors.expressByNpmWall, 3);
}

type Row = [name: string, pick: (trial: Trial) => number, digits: number];

const ROWS: Row[] = [
  ['packages installed', (trial) => trial.packages, 0],
  ['megabytes installed', (trial) => trial.megabytes, 0],
  ['clone to packages installed, CPU s', (trial) => trial.steps.installed.cpu, 1],
  ['  the same, s', (trial) => trial.steps.installed.wall, 1],
  ['clone to everything built, CPU s', (trial) => trial.steps.built.cpu, 1],
  ['  the same, s', (trial) => trial.steps.built.wall, 1],
  ['clone to first 202, CPU s', (trial) => trial.firstCpu, 1],
  ['  the same, s', (trial) => trial.firstWall, 1],
  ['CPU s until the API listens', (trial) => trial.apiListensCpu, 3],
  ['second start to first 202, CPU s', (trial) => trial.secondCpu, 2],
  ['  the same, s', (trial) => trial.secondWall, 2],
  ['memory of the idle API, MB', (trial) => trial.apiMemory, 0],
  ['memory of the idle worker, MB', (trial) => trial.workerMemory, 0],
];

function memory(trial: Trial): number {
  return trial.apiMemory + trial.workerMemory;
}

/** Of every figure the best: what the machine did besides only ever adds. */
export function best(all: Trial[]): Trial {
  return all.reduce((a, b) => ({
    packages: b.packages,
    megabytes: b.megabytes,
    steps: a.firstCpu <= b.firstCpu ? a.steps : b.steps,
    firstCpu: Math.min(a.firstCpu, b.firstCpu),
    firstWall: Math.min(a.firstWall, b.firstWall),
    apiListensCpu: Math.min(a.apiListensCpu, b.apiListensCpu),
    secondCpu: Math.min(a.secondCpu, b.secondCpu),
    secondWall: Math.min(a.secondWall, b.secondWall),
    apiMemory: Math.min(a.apiMemory, b.apiMemory),
    workerMemory: Math.min(a.workerMemory, b.workerMemory),
  }));
}
