import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';

/** The programs as operators run them: built, by plain Node. */
export const API_PROGRAM = 'services/api/dist/main.js';
export const USER_PROGRAM = 'packages/accounts/dist/user-cli/main.js';
export const DNC_PROGRAM = 'packages/accounts/dist/dnc-cli/main.js';

/** A start on a busy machine takes its time; this is against hanging only. */
const START_WITHIN_MS = 120_000;

export interface Program {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Both, as they came. */
  readonly said: () => string;
  /** Null after a kill. */
  readonly exitCode: Promise<number | null>;
}

/** Runs a program with this environment and nothing else. Its standard input stays open, as a terminal's may. */
export function runProgram(
  program: string,
  environment: Readonly<Record<string, string>>,
  { args = [], input }: { readonly args?: readonly string[]; readonly input?: string } = {},
): Program {
  const path = fileURLToPath(new URL(`../../../../${program}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err, said] = ['', '', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    said += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.write(input);
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, err: () => err, said: () => said, exitCode };
}

/** The port on which an API that was started with PORT=0 listens. */
export async function portOf({ said, child }: Program): Promise<number> {
  const port = await eventually(() => {
    if (child.exitCode !== null) return 'ended';
    return /"HTTP server listening".*?"port":(\d+)/.exec(said())?.[1];
  }, START_WITHIN_MS);
  if (port === 'ended') throw new Error(`it ended: ${said()}`);
  return Number(port);
}
