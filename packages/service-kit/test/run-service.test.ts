import { EventEmitter } from 'node:events';
import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { runService, type Part } from '../src/index.js';

function host() {
  const emitter = new EventEmitter();
  let exited: (code: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve) => (exited = resolve));
  return { process: Object.assign(emitter, { exit: exited }) as unknown as NodeJS.Process, exitCode, emitter };
}

function part(name: string, story: string[], overrides: Partial<Part> = {}): Part {
  return {
    name,
    start: () => Promise.resolve(void story.push(`start ${name}`)),
    stop: () => Promise.resolve(void story.push(`stop ${name}`)),
    ...overrides,
  };
}

describe('a service', () => {
  it('starts in order and stops in reverse, once', async () => {
    const story: string[] = [];
    const { process, exitCode, emitter } = host();
    await runService([part('a', story), part('b', story)], silentLog, process);
    emitter.emit('SIGTERM');
    emitter.emit('SIGINT');
    expect(await exitCode).to.equal(0);
    expect(story).to.deep.equal(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stops what is up and exits with 1 when a part cannot start', async () => {
    const story: string[] = [];
    const { process, exitCode } = host();
    const broken = part('b', story, { start: () => Promise.reject(new Error('no')) });
    await runService([part('a', story), broken, part('c', story)], silentLog, process);
    expect(await exitCode).to.equal(1);
    expect(story).to.deep.equal(['start a', 'stop a']);
  });

  it('leaves behind a part that does not stop in time, and one that fails to', async () => {
    const story: string[] = [];
    const { process, exitCode, emitter } = host();
    const hanging = part('b', story, { stop: () => new Promise(() => undefined), stopWithinMs: 20 });
    const failing = part('c', story, { stop: () => Promise.reject(new Error('no')) });
    await runService([part('a', story), hanging, failing], silentLog, process);
    emitter.emit('SIGTERM');
    expect(await exitCode).to.equal(0);
    expect(story.at(-1)).to.equal('stop a');
  });

  it('stops with exit code 1 after an uncaught error', async () => {
    const story: string[] = [];
    const { process, exitCode, emitter } = host();
    await runService([part('a', story)], silentLog, process);
    emitter.emit('uncaughtException', new Error('oops'));
    expect(await exitCode).to.equal(1);
    expect(story.at(-1)).to.equal('stop a');
  });
});
