import { fork } from 'node:child_process';
import { once } from 'node:events';
import { bundled, patience, type Certificates } from '@dialgate/testing';

/** The first part of its keys. */
export const PREFIX = 'over-tls';

/** A process that hands jobs to itself. */
export interface HandingOver {
  /** Whether the first job came; false when the process gave up. */
  readonly came: Promise<boolean>;
  /** @returns whether another came. */
  readonly another: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

/** Starts one that knows the authority. */
export function startKnowing(redisUrl: string, { authority }: Certificates): Promise<HandingOver> {
  return start(redisUrl, { NODE_EXTRA_CA_CERTS: authority, WITHIN_MS: String(patience(30_000)) });
}

/** Whether one that does not know it hands over a job all the same, before it gives up. */
export async function ignorantHandsOver(redisUrl: string): Promise<boolean> {
  const ignorant = await start(redisUrl, { WITHIN_MS: '2000' });
  const came = await ignorant.came;
  await ignorant.stop();
  return came;
}

/** A process of its own: authorities are read when it starts. */
async function start(redisUrl: string, environment: Readonly<Record<string, string>>): Promise<HandingOver> {
  const program = await bundled(new URL('./over-tls.ts', import.meta.url));
  const child = fork(program, { env: { REDIS_URL: redisUrl, PREFIX, ...environment }, execArgv: [] });
  const ended = once(child, 'exit');
  const next = (): Promise<boolean> => Promise.race([once(child, 'message').then(() => true), ended.then(() => false)]);
  return {
    came: next(),
    another: () => {
      const came = next();
      child.send('another', () => undefined); // One that has ended says so by itself.
      return came;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
