import { expect } from 'chai';
import { CATALOGUE } from '../src/catalogue.js';
import type { Extent, Fault } from '../src/fault.js';
import { QUICK } from '../src/quick.js';
import { runFault, type Result } from '../src/run-fault.js';
import { startServers, type Servers } from '../src/servers.js';
import { findings } from '../src/table.js';

/** Against hanging, not for speed: a tenth of the speed of a quiet machine is a machine, too. */
const WITHIN_MS = 900_000;

const started: Servers[] = [];

async function play(fault: Fault, extent: Extent, servers: Servers): Promise<Result> {
  const log = process.env.FAULTS_LOG === undefined ? () => undefined : (line: string) => console.log(line);
  return runFault(fault, extent, { servers, seed: 1, log });
}

/** `pnpm faults` in short: real processes, servers of its own. TEST_DEPTH=deep plays each fault by itself, for longer. */
describe('every call reaches the right end, and no phone rings twice, when', function () {
  this.timeout(WITHIN_MS);

  if (process.env.TEST_DEPTH === 'deep') eachByItself();
  else sideBySide();

  // Behind what is still being played: of several faults one may be asked for.
  after(() => Promise.all(started.map((servers) => servers.stop())));
});

function eachByItself(): void {
  before(async () => {
    started.push(await startServers(() => undefined));
  });

  for (const fault of CATALOGUE) {
    const { brief } = fault;
    if (brief === undefined) continue;
    it(`${fault.title} (${fault.id})`, async () => {
      const [servers] = started;
      if (servers === undefined) throw new Error('there are no servers');
      expectAsPromised(await play(fault, brief, servers), brief);
    });
  }
}

/** All at once; who strikes the servers has some of its own. */
function sideBySide(): void {
  const playing = new Map<string, Promise<Result>>();

  before(async () => {
    const [shared, struck] = await Promise.all([startServers(() => undefined), startServers(() => undefined)]);
    started.push(shared, struck);
    for (const fault of QUICK) {
      const played = play(fault, fault.whole, fault.strikesServers === true ? struck : shared);
      played.catch(() => undefined); // Said by its own test.
      playing.set(fault.id, played);
    }
  });
  after(() => Promise.allSettled(playing.values()));

  for (const fault of QUICK) {
    it(fault.title, async () => {
      const result = await playing.get(fault.id);
      if (result === undefined) throw new Error('it was not played');
      expectAsPromised(result, fault.whole);
    });
  }
}

function expectAsPromised(result: Result, { calls }: Extent): void {
  expect(findings([result])).to.deep.equal([]);
  expect(result.calls).to.be.at.least(calls);
}
