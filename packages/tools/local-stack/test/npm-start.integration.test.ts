import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled, eventually, slowness } from '@dialgate/testing';
import { expect } from 'chai';
import { freePort } from '../src/index.js';
import { isAlive } from '../src/process-identity.js';
import { scratch } from './helpers.js';

const ENTRY = new URL('start-elsewhere.ts', import.meta.url);
/** Against hanging only: a slow machine takes its time. */
const LONG_MS = 170_000;

interface Run {
  readonly process: ChildProcess;
  readonly local: string;
  readonly url: string;
  readonly said: () => string;
  /** Waits until the output has this, later than the mark. */
  readonly says: (text: string | RegExp, from?: number) => Promise<void>;
  readonly pids: () => Record<string, number>;
  readonly exitCode: Promise<number | null>;
}

async function npmStart(local: string, env: Record<string, string> = {}): Promise<Run> {
  const port = String(await freePort());
  const child = spawn(process.execPath, [await bundled(ENTRY), local], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port, ALLOWED_EXTENSIONS: 's,long', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const running = join(local, 'running');
  return {
    process: child,
    local,
    url: `http://127.0.0.1:${port}`,
    said: () => said,
    says: async (text, from = 0) => {
      const fits = (): boolean =>
        typeof text === 'string' ? said.slice(from).includes(text) : text.test(said.slice(from));
      await eventually(() => {
        if (fits()) return true;
        if (child.exitCode !== null) throw new Error(`it has ended:\n${said}`);
        throw new Error(`it did not say ${String(text)}:\n${said}`);
      }, LONG_MS);
    },
    pids: () =>
      Object.fromEntries(
        (existsSync(running) ? readdirSync(running) : []).filter(isWhole).map((file) => {
          const { name, pid } = JSON.parse(readFileSync(join(running, file), 'utf8')) as { name: string; pid: number };
          return [name, pid];
        }),
      ),
    exitCode: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** One that is just being written has another ending. */
function isWhole(record: string): boolean {
  return record.endsWith('.json');
}

async function leavesNothing(run: Run, pids: number[], signal: NodeJS.Signals): Promise<number | null> {
  run.process.kill(signal);
  const code = await run.exitCode;
  await eventually(() => pids.every((pid) => !isAlive(pid)), 30_000);
  expect(run.pids()).to.deep.equal({});
  return code;
}

/** What a service says where PostgreSQL or Redis are not there in time, which is nothing new on a slow machine. */
function isOfSlowness(line: string): boolean {
  return slowness() > 1.5 && /Worker waits for PostgreSQL|Rate limits in memory/.test(line);
}

describe('npm start', function () {
  this.timeout(3 * LONG_MS);
  const here = scratch();
  after(() => here.remove());

  it('serves on when what it started is killed: each is started again, and calls end right', async () => {
    const run = await npmStart(join(here.directory, 'killed'));
    await run.says('Serving.');
    expect(run.said()).to.match(/completed {2}\(/);
    expect(
      run
        .said()
        .split('\n')
        .filter((line) => /warn|error/i.test(line) && !isOfSlowness(line)),
    ).to.deep.equal([]);
    const login = /Login +(\S+) \/ (\S+)/.exec(run.said());
    const [username = '', password = ''] = login?.slice(1) ?? [];
    const token = await eventually(async () => {
      const answer = await fetch(`${run.url}/api/v2/token`, {
        method: 'POST',
        body: new URLSearchParams({ username, password }),
      });
      return answer.ok ? ((await answer.json()) as { access_token: string }).access_token : null;
    }, LONG_MS);
    const ask = async (
      method: string,
      path: string,
      body?: unknown,
    ): Promise<Record<string, unknown> & { id: string }> => {
      const answer = await fetch(`${run.url}/api/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const view = (await answer.json()) as Record<string, unknown>;
      if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(view)}`);
      return { ...view, id: String(view.call_id) };
    };
    const becomes = (id: string, status: string) =>
      eventually(async () => {
        const view = await ask('GET', `/status/${id}`);
        if (view.status !== status) throw new Error(`${id} is ${String(view.status)}, not ${status}`);
        return view;
      }, LONG_MS);
    const place = (number: string, options = {}) =>
      eventually(() => ask('POST', '/calls', { phone_number: number, ...options }), LONG_MS);

    // The worker, in the middle of a call: whoever comes after it follows the call and hangs up when it is told to.
    const long = await place('+33100000002', { extension: 'long' });
    await becomes(long.id, 'answered');
    const worker = run.pids()['ari-worker'] ?? 0;
    process.kill(worker, 'SIGKILL');
    await run.says('ari-worker ended by itself (signal SIGKILL); starting it again in 1 s');
    await run.says('ari-worker is at work again');
    await run.says(/ari-worker: warn: Slot adopted/);
    await ask('POST', `/calls/${long.id}/hangup`);
    const ended = await becomes(long.id, 'completed');
    expect(ended).to.include({ hangup_by: 'gateway', failure_reason: null });

    for (const name of ['api', 'redis', 'postgres', 'simulator'] as const) {
      const pid = run.pids()[name] ?? 0;
      process.kill(pid, 'SIGKILL');
      await run.says(`${name} ended by itself (signal SIGKILL); starting it again in`);
      await run.says(`${name} is at work again`);
      const call = await place('+33100000486');
      expect(await becomes(call.id, 'busy'), name).to.include({ hangup_cause: 17 });
    }
    // The same data as before: the first call is still there.
    expect(await ask('GET', `/status/${long.id}`)).to.include({ status: 'completed' });

    const pids = Object.values(run.pids());
    expect(pids).to.have.length(7);
    const others = pids.filter((pid) => pid !== run.process.pid);
    expect(await leavesNothing(run, others, 'SIGINT')).to.equal(0);
  });

  it('stops at every moment of its start, whatever the signal, and leaves nothing', async () => {
    const moments: [string | RegExp, NodeJS.Signals][] = [
      ['', 'SIGTERM'],
      ['Redis private', 'SIGINT'],
      ['PostgreSQL private', 'SIGHUP'],
      [/The (user )?admin/, 'SIGTERM'], // Which was made there before, or was not.
      ['accepted as', 'SIGINT'],
    ];
    for (const [moment, signal] of moments) {
      const run = await npmStart(join(here.directory, 'stopped'));
      if (moment === '') await eventually(() => 'owner' in run.pids(), LONG_MS);
      else await run.says(moment);
      const pids = Object.values(run.pids()).filter((pid) => pid !== run.process.pid);
      await leavesNothing(run, pids, signal);
      expect(run.said(), String(moment)).not.to.include('ended by itself');
    }
  });

  it('waits for servers that were given and do not answer yet, and can be stopped meanwhile', async () => {
    const [postgres, redis] = [await freePort(), await freePort()];
    const run = await npmStart(join(here.directory, 'given'), {
      DATABASE_URL: `postgresql://u:hush@127.0.0.1:${String(postgres)}/x`,
      REDIS_URL: `redis://:hush@127.0.0.1:${String(redis)}`,
    });
    await run.says(/still waiting for PostgreSQL as given by DATABASE_URL \(\d+ s\): .*ECONNREFUSED/);
    await run.says(/still waiting for Redis as given by REDIS_URL \(\d+ s\): .*ECONNREFUSED/);
    expect(run.said()).not.to.include('hush');
    const pids = Object.values(run.pids()).filter((pid) => pid !== run.process.pid);
    await leavesNothing(run, pids, 'SIGINT');
  });

  it('ends with the words of a service that cannot be started', async () => {
    const run = await npmStart(join(here.directory, 'wrong'), { DEFAULT_TIMEOUT: 'soon' });
    expect(await run.exitCode).to.equal(1);
    expect(run.said()).to.include('api ended by itself (exit code 1)').and.include('DEFAULT_TIMEOUT');
    expect(run.said()).not.to.include('starting api again');
    expect(run.pids()).to.deep.equal({});
  });
});
