import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createHangUpCalls } from '../src/reconcile/hang-up-calls.js';

describe('hanging up', () => {
  /** An Asterisk in which channels whose name begins with `stalled` never react. */
  function setUp(ids: string[]) {
    const asked: string[] = [];
    const held = { ids: () => [1], owns: () => true };
    const hangUp = createHangUpCalls({
      ari: {
        hangUp: (channel) => {
          asked.push(channel);
          if (channel.startsWith('stalled')) return new Promise(() => undefined);
          return Promise.resolve({ kind: 'ok', status: 204, body: null });
        },
      },
      calls: { toHangUp: () => Promise.resolve(ids.map((id) => someCall({ id, channelId: id }))) },
      followed: createFollowedCalls({ find: () => Promise.resolve(null) }, held),
      held,
      maxCallSeconds: 0,
      log: silentLog,
    });
    return { hangUp, asked };
  }

  const named = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`);

  it('asks for many, though some channels do not react, and for none of them twice', async () => {
    const { hangUp, asked } = setUp([...named('stalled', 19), ...named('quick', 100)]);
    await hangUp();
    await hangUp();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked).to.have.members([...named('stalled', 19), ...named('quick', 100)]);
  });

  it('asks for no more than twenty at once', async () => {
    const { hangUp, asked } = setUp(named('stalled', 30));
    await hangUp();
    await hangUp();
    expect(asked).to.deep.equal(named('stalled', 20));
  });

  it('asks for none again that is still being asked for, however long that takes', async () => {
    const { hangUp, asked } = setUp(named('stalled', 2));
    await hangUp();
    const later = performance.now() + 5_000;
    const now = Object.getOwnPropertyDescriptor(performance, 'now');
    Object.defineProperty(performance, 'now', { value: () => later, configurable: true });
    try {
      await hangUp();
    } finally {
      if (now === undefined) Reflect.deleteProperty(performance, 'now');
      else Object.defineProperty(performance, 'now', now);
    }
    expect(asked).to.deep.equal(named('stalled', 2));
  });
});
