import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { EndedEarlyError, type Child, type Exit } from '../src/child.js';
import { keepRunning, type Running } from '../src/keep-running.js';

const KILLED: Exit = { code: null, signal: 'SIGKILL' };

interface FakeProcess extends Running {
  readonly process: Child;
  readonly end: (exit: Exit) => void;
}

function fakeProcess(): FakeProcess {
  let end: (exit: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => (end = resolve));
  const stop = (): Promise<Exit> => {
    end({ code: 0, signal: null });
    return exited;
  };
  const process = { name: 'api', pid: 1, exited, exit: () => null, lastLines: () => [], kill: () => undefined, stop };
  return { process, stop, end: (exit) => end(exit) };
}

function endedEarly(exit: Exit): EndedEarlyError {
  return new EndedEarlyError(exit, { name: 'api', lastLines: () => ['SECRET_KEY is missing'] });
}

describe('a process that is kept running', () => {
  let starts: (() => Promise<FakeProcess>)[];
  let started: FakeProcess[];
  let said: string[];
  let stopping: boolean;
  beforeEach(() => {
    [starts, started, said, stopping] = [[], [], [], false];
  });

  const up = (): Promise<FakeProcess> => Promise.resolve(fakeProcess());
  const keep = () =>
    keepRunning({
      name: 'api',
      start: async () => {
        const process = await (starts.shift() ?? up)();
        started.push(process);
        return process;
      },
      say: (line) => said.push(line),
      isStopping: () => stopping,
      pauseFactor: 0.001,
    });

  it('is started again when it dies, and both is said in a line', async () => {
    const kept = await keep();
    expect(kept.first).to.equal(started[0]);
    started[0]?.end(KILLED);
    await eventually(() => said.length === 2);
    expect(said).to.deep.equal([
      'api ended by itself (signal SIGKILL); starting it again in 1 s',
      'api is at work again',
    ]);
    started[1]?.end({ code: 1, signal: null });
    await eventually(() => started.length === 3);
    await kept.stop();
  });

  it('is tried again when it fails at a later start, whatever it says', async () => {
    const kept = await keep();
    starts.push(
      () => Promise.reject(endedEarly({ code: 1, signal: null })),
      () => Promise.reject(new Error('its port has been lent to somebody')),
    );
    started[0]?.end(KILLED);
    await eventually(() => said.includes('api is at work again'));
    expect(said.join('\n')).to.include('SECRET_KEY is missing; starting api again in 2 s');
    expect(said.join('\n')).to.include('its port has been lent to somebody; starting api again in 4 s');
    await kept.stop();
  });

  it('fails with its own words when it cannot be started at all', async () => {
    starts.push(() => Promise.reject(endedEarly({ code: 1, signal: null })));
    const error = await keep().catch((reason: unknown) => reason);
    expect(String(error)).to.include('api ended by itself (exit code 1)').and.include('SECRET_KEY is missing');
    expect(started).to.have.length(0);
  });

  it('is started again when it was killed during its first start', async () => {
    starts.push(() => Promise.reject(endedEarly(KILLED)));
    const kept = await keep();
    expect(started).to.have.length(1);
    await kept.stop();
  });

  it('is let go when everything is stopped, also in a pause and in the middle of a start', async () => {
    const kept = await keep();
    await kept.stop();
    await started[0]?.process.exited;

    const [first] = [await keep()];
    let finish: (process: FakeProcess) => void = () => undefined;
    starts.push(() => new Promise((resolve) => (finish = resolve)));
    started[1]?.end(KILLED);
    await eventually(() => starts.length === 0);
    await first.stop();
    const late = fakeProcess();
    finish(late);
    expect(await late.process.exited).to.deep.equal({ code: 0, signal: null });

    stopping = true;
    expect(await keep().catch(String)).to.include('was stopped before');
    expect(said.filter((line) => line.includes('at work again'))).to.deep.equal([]);
  });
});
