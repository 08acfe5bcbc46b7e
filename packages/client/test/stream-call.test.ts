import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect } from 'chai';
import { createDialgateClient, type StreamedEntry } from '../src/index.js';

const STREAMS = 12;

describe('a stream that is to end', function () {
  // Less than the silence after which the client lets go of a connection by itself.
  this.timeout(25_000);
  let server: Server;
  const open = new Set<ServerResponse>();
  const warnings: Error[] = [];
  const onWarning = (warning: Error): unknown => warnings.push(warning);

  before((done) => {
    process.on('warning', onWarning);
    server = createServer((_req, res) => {
      open.add(res);
      res.on('close', () => open.delete(res));
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(`id: 1\ndata: {"id":"1"}\n\n`);
    }).listen(0, '127.0.0.1', done);
  });
  after((done) => {
    process.off('warning', onWarning);
    server.close(done);
    server.closeAllConnections();
  });

  it('ends at once and lets go of its connection, also when its request was collected as garbage meanwhile', async () => {
    const { port } = server.address() as AddressInfo;
    const client = createDialgateClient({ baseUrl: `http://127.0.0.1:${String(port)}`, token: 'any' });
    const stop = new AbortController();
    const streams = Array.from({ length: STREAMS }, () => client.streamCall('a-call', { signal: stop.signal }));
    const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
    await Promise.all(iterators.map((one) => one.next()));
    const next = Promise.allSettled(iterators.map((one) => one.next()));
    await collectGarbage();
    expect(open.size).to.equal(STREAMS);

    stop.abort(new Error('that is enough'));
    const reasons = (await next).map((one: PromiseSettledResult<IteratorResult<StreamedEntry>>) =>
      one.status === 'rejected' ? String(one.reason) : one.status,
    );
    expect(reasons).to.deep.equal(Array<string>(STREAMS).fill('Error: that is enough'));
    while (open.size > 0) await new Promise(setImmediate);
    expect(warnings.map(String)).to.deep.equal([]);
  });
});

/** Several rounds: what a finalizer lets go of is garbage only afterwards. */
async function collectGarbage(): Promise<void> {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  for (let round = 0; round < 5; round += 1) {
    collect();
    await new Promise(setImmediate);
  }
}
