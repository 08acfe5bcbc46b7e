import { expect } from 'chai';
import { CATALOGUE } from '../src/catalogue.js';
import { runFault } from '../src/run-fault.js';
import { startServers, type Servers } from '../src/servers.js';
import { findings } from '../src/table.js';

/** What `pnpm faults` plays at length, in short: real processes, servers of its own. */
describe('every call reaches the right end, and no phone rings twice, when', function () {
  this.timeout(180_000);
  let servers: Servers;

  before(async () => {
    servers = await startServers(() => undefined);
  });
  after(() => servers.stop());

  for (const fault of CATALOGUE) {
    const { brief } = fault;
    if (brief === undefined) continue;
    it(`${fault.title} (${fault.id})`, async () => {
      const result = await runFault(fault, brief, { servers, seed: 1, log: () => undefined });
      expect(findings([result])).to.deep.equal([]);
      expect(result.calls).to.be.at.least(brief.calls);
    });
  }
});
