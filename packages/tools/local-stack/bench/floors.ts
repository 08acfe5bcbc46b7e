import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What nothing can be quicker than, on this machine and now. */
export interface Floors {
  readonly emptyCpu: number;
  /** Until it listens and has answered one request. */
  readonly expressCpu: number;
  readonly expressWall: number;
  /** The same, started as `npm start`, as ours is. */
  readonly expressByNpmWall: number;
}

const TIMES = 5;

const BARE_EXPRESS = `import { get } from 'node:http';
import express from 'express';
const server = express().get('/', (_req, res) => res.send('here')).listen(0, '127.0.0.1', () => {
  get({ host: '127.0.0.1', port: server.address().port }, (response) => response.on('end', () => process.exit()).resume());
});
`;

export function measureFloors(scratch: string): Floors {
  const directory = mkdtempSync(join(scratch, 'express-'));
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  writeFileSync(join(directory, 'server.mjs'), BARE_EXPRESS);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "scripts": { "start": "exec node server.mjs" } }');
  const api = createRequire(new URL('../../../../services/api/package.json', import.meta.url));
  symlinkSync(dirname(api.resolve('express/package.json')), join(directory, 'node_modules', 'express'));

  const empty = bestOf(process.execPath, ['-e', '0'], directory);
  const express = bestOf(process.execPath, ['server.mjs'], directory);
  const byNpm = bestOf('npm', ['start'], directory);
  return {
    emptyCpu: empty.cpu,
    expressCpu: express.cpu,
    expressWall: express.wall,
    expressByNpmWall: byNpm.wall,
  };
}

/** Of several measurements the best. */
export function least(all: readonly Floors[]): Floors {
  const best = (pick: (floors: Floors) => number): number => Math.min(...all.map(pick));
  return {
    emptyCpu: best(({ emptyCpu }) => emptyCpu),
    expressCpu: best(({ expressCpu }) => expressCpu),
    expressWall: best(({ expressWall }) => expressWall),
    expressByNpmWall: best(({ expressByNpmWall }) => expressByNpmWall),
  };
}

/** Bash counts its children's CPU in milliseconds; Node tells its own only. */
const TIMED = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null 2>&1';

function bestOf(command: string, args: string[], cwd: string): { cpu: number; wall: number } {
  const all = Array.from({ length: TIMES }, () => {
    const { stderr } = spawnSync('bash', ['-c', TIMED, 'bash', command, ...args], { cwd, encoding: 'utf8' });
    const [wall = NaN, user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
    return { wall, cpu: user + system };
  });
  return { cpu: Math.min(...all.map(({ cpu }) => cpu)), wall: Math.min(...all.map(({ wall }) => wall)) };
}
