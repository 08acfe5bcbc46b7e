import { setImmediate as turn } from 'node:timers/promises';
import type { Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { loadConfig, type Part, silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import { workerConfig } from '../src/config.js';
import type { WorkerPorts } from '../src/ports.js';
import { createWorker } from '../src/wiring.js';
import type { AriEvent } from '../src/ari/events.js';

const LEASE: Lease = { slotId: 1, owner: 'one', epoch: 1, app: 'cc-1' };

/** What the whole worker shows only late or not at all from outside: process-parts.integration.test.ts has the rest. */
describe('a worker put together', () => {
  let done: string[];
  let parts: Part[];
  let cancelRequest: (callId: string) => void;
  let hear: (event: AriEvent, sentSince: number) => void;
  let find: Promise<Call | null>;

  beforeEach(() => {
    done = [];
    find = Promise.resolve(null);
    const say = (what: string): void => void done.push(what);
    const says = (what: string) => (): void => say(what);
    const ports = {
      owner: 'one',
      holder: 'here',
      calls: {
        find: () => find,
        toHangUp: () => Promise.resolve(done.push('cancel requests looked up') && []),
        openOfSlot: () => Promise.resolve({ calls: [], at: new Date(), steadyForMs: Infinity }),
        countOpenOfSlot: () => Promise.resolve(0),
      },
      slots: {
        times: {},
        acquire: () => Promise.resolve(LEASE),
        renew: () => Promise.resolve(true),
        list: () => Promise.resolve([]),
        report: () => Promise.resolve(),
        release: () => Promise.resolve('slot given back').then(say),
      },
      ari: {
        hangUp: () => Promise.resolve({ kind: 'ok', status: 204, body: '' }),
        info: () => Promise.resolve({ kind: 'not_reached', why: 'unreachable' }),
      },
      openStream: ({ onEvent }: { onEvent: typeof hear }) => {
        hear = onEvent;
        return { state: () => 'connecting', receivedAll: () => Promise.resolve(false), close: says('socket closed') };
      },
      producer: { ready: () => false, add: () => Promise.resolve() },
      openConsumer: () => ({
        takeAtOnce: () => undefined,
        open: () => undefined,
        close: (ms: number) => Promise.resolve(`jobs end in ${ms}`).then(say),
      }),
      openCancelRequestListener: (onCancelRequest: typeof cancelRequest) => {
        cancelRequest = onCancelRequest;
        return { close: says('listener closed') };
      },
      report: () => Promise.resolve(),
      parts: [],
    } as unknown as WorkerPorts;
    const config = loadConfig(workerConfig, {
      DATABASE_URL: 'postgresql://db/gateway',
      REDIS_URL: 'redis://redis',
      ARI_HTTP_URL: 'http://pbx:8088/ari',
      ARI_USERNAME: 'gateway',
      ARI_PASSWORD: 'secret',
      DRAIN_SECONDS: '0',
    });
    parts = createWorker({ ports, config, log: silentLog });
  });

  afterEach(() => stop());

  const start = () => parts.find(({ name }) => name === 'slots')?.start?.();
  /** As the service stops them, of which only the slots were started. */
  async function stop(): Promise<void> {
    for (const { stop } of [...parts].reverse()) await stop?.();
    done.push('stopped');
  }

  it('looks for cancel requests when one is announced, without waiting for the second to be over', async () => {
    await start();
    const call = someCall({
      status: 'ringing',
      attempt: 1,
      claim: { slotId: LEASE.slotId, slotEpoch: LEASE.epoch },
    });
    find = Promise.resolve(call);
    const channel = { id: `${call.id}.1`, name: 'x', state: 'Ringing', dialplan: {} };
    hear({ type: 'StasisStart', application: LEASE.app, channel } as AriEvent, 0);
    for (let i = 0; i < 20; i++) await turn();
    cancelRequest(someCall().id);
    expect(done, 'of a call that another worker follows').to.deep.equal([]);
    cancelRequest(call.id);
    expect(done).to.deep.equal(['cancel requests looked up']);
  });

  it('stops in the order in which nothing gets lost: jobs, slots with their sockets, listeners', async () => {
    await start();
    await stop();
    expect(done).to.deep.equal(['jobs end in 6000', 'slot given back', 'socket closed', 'listener closed', 'stopped']);
  });

  it('has written down what it heard before it is stopped', async () => {
    await start();
    let answer: (found: Call | null) => void = () => undefined;
    find = new Promise((resolve) => (answer = resolve));
    const channel = { id: `${someCall().id}.1`, name: 'x', state: 'Ringing', dialplan: {} };
    hear({ type: 'ChannelStateChange', application: LEASE.app, channel } as AriEvent, 0);
    const stopped = stop();
    for (let i = 0; i < 20; i++) await turn();
    expect(done).to.include('listener closed').and.not.to.include('stopped');
    answer(null);
    await stopped;
  });
});
