import { expect } from 'chai';
import { CATALOGUE } from '../src/catalogue.js';
import type { Extent, Fault } from '../src/fault.js';
import { QUICK } from '../src/quick.js';
import { runFault, type Result } from '../src/run-fault.js';
import { startServers, type Servers } from '../src/servers.js';
import { findings } from '../src/table.js';

/** Against hanging, not for speed: a tenth of the speed of a quiet machine is a machine, too. */
const WITHIN_MS = 900_000;

/** What is played: by itself and for longer with TEST_DEPTH=deep, else several faults on one stage. */
const PLAYED: readonly { readonly title: string; readonly fault: Fault; readonly extent: Extent }[] =
  process.env.TEST_DEPTH === 'deep'
    ? CATALOGUE.flatMap((fault) =>
        fault.brief === undefined ? [] : [{ title: `${fault.title} (${fault.id})`, fault, extent: fault.brief }],
      )
    : QUICK.map((fault) => ({ title: fault.title, fault, extent: fault.whole }));

/** `pnpm faults` in short: real processes, servers of its own. One stage at a time: two would slow each other down. */
describe('every call reaches the right end, and no phone rings twice, when', function () {
  this.timeout(WITHIN_MS);

  let servers: Servers;
  before(async () => (servers = await startServers(() => undefined)));
  after(() => servers.stop());

  for (const { title, fault, extent } of PLAYED) {
    it(title, async () => {
      const log = process.env.FAULTS_LOG === undefined ? () => undefined : (line: string) => console.log(line);
      expectAsPromised(await runFault(fault, extent, { servers, seed: 1, log }), extent);
    });
  }
});

function expectAsPromised(result: Result, { calls }: Extent): void {
  expect(findings([result])).to.deep.equal([]);
  expect(result.calls).to.be.at.least(calls);
}
