import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { patience } from '@dialgate/testing';
import { expect } from 'chai';
import { sampleUsage } from '../src/process-usage.js';

describe('what a process holds', () => {
  it('is sampled again and again', async () => {
    const forMs = patience(100);
    const { here } = await sampleUsage(
      { here: { pid: process.pid, memory: { megabytes: () => 7 } } },
      { forMs, everyMs: 20 },
    );
    expect(here.length).to.be.within(2, Math.ceil(forMs / 20));
    expect(here[0]?.residentMegabytes).to.be.within(10, 10_000);
    expect(here[0]?.liveMegabytes).to.equal(7);
    expect(here[0]?.descriptors).to.be.within(3, 10_000);
    expect(here[1]?.at).to.be.greaterThan(here[0]?.at ?? 0);
  });

  it('is nothing once it has ended', async () => {
    const child = spawn(process.execPath, ['--version']);
    await once(child, 'exit');
    const gone = { pid: child.pid ?? 0, memory: { megabytes: () => null } };
    expect(await sampleUsage({ gone }, { forMs: 30, everyMs: 20 })).to.deep.equal({ gone: [] });
  });
});
