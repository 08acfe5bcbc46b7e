import type { Logger } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createPendingWrites } from '../src/events/pending-writes.js';

describe('pending writes', () => {
  /** A database that is away until it is told to come back, or to do one write. */
  function setUp(max: number, reconciledWithinMs?: number) {
    const logged: string[] = [];
    const write = (level: string) => (fields: object, message: string) =>
      void logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const log: Logger = {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      with: () => log,
    };
    const written: string[] = [];
    let comeBack: () => void = () => undefined;
    const back = new Promise<void>((resolve) => (comeBack = resolve));
    const writeNext: (() => void)[] = [];
    let madeRoom = 0;
    const pendingWrites = createPendingWrites({
      order: createSerializeByKey(),
      onMadeRoom: () => madeRoom++,
      log,
      max,
      ...(reconciledWithinMs !== undefined && { reconciledWithinMs }),
    });
    return {
      pendingWrites,
      logged,
      written,
      comeBack,
      writeOne: async () => {
        const before = pendingWrites.backlog().waiting;
        (await eventually(() => writeNext.shift()))();
        await eventually(() => pendingWrites.backlog().waiting < before);
      },
      madeRoom: () => madeRoom,
      hear: (callId: string, event: string) =>
        pendingWrites.add({ callId, attempt: 1 }, async () => {
          await Promise.race([back, new Promise<void>((resolve) => writeNext.push(resolve))]);
          written.push(`${callId} ${event}`);
        }),
    };
  }

  it('are written in order once the database is back', async () => {
    const { hear, written, comeBack, pendingWrites, logged, madeRoom } = setUp(10);
    const all = [hear('a', 'ringing'), hear('b', 'ringing'), hear('a', 'answered')];
    expect(pendingWrites.backlog()).to.deep.equal({
      waiting: 3,
      oldestSeconds: 0,
      dropped: 0,
      lastDroppedSecondsAgo: null,
    });
    comeBack();
    await Promise.all(all);
    expect(written.filter((line) => line.startsWith('a'))).to.deep.equal(['a ringing', 'a answered']);
    expect(written).to.include('b ringing');
    expect(pendingWrites.backlog()).to.deep.equal({
      waiting: 0,
      oldestSeconds: null,
      dropped: 0,
      lastDroppedSecondsAgo: null,
    });
    expect([logged, madeRoom()]).to.deep.equal([[], 0]);
  });

  it('are dropped beyond the bound, which is said twice and reconciled once', async () => {
    const { hear, written, comeBack, pendingWrites, logged, madeRoom } = setUp(4);
    const all = ['ringing', 'answered', 'held', 'held', 'hung_up', 'held', 'held'].map((event) => hear('a', event));
    expect(pendingWrites.backlog()).to.include({ waiting: 4, dropped: 3, lastDroppedSecondsAgo: 0 });
    expect(logged).to.have.length(1);
    expect(logged[0]).to.match(/^error Facts dropped.*"channel":"a\.1"/);
    expect(madeRoom()).to.equal(0);

    comeBack();
    await Promise.all(all);
    expect(written).to.deep.equal(['a ringing', 'a answered', 'a held', 'a held']);
    expect(pendingWrites.backlog()).to.include({ waiting: 0, dropped: 3 });
    expect(logged).to.have.length(2);
    expect(logged[1]).to.match(/^error .*"dropped":3/);
    expect(madeRoom()).to.equal(1);
  });

  it('are taken again after that, and a second shortage is counted for itself', async () => {
    const first = setUp(1);
    const all = [first.hear('a', '1'), first.hear('a', '2')];
    first.comeBack();
    await Promise.all(all);
    await Promise.all([first.hear('b', '3'), first.hear('b', '4'), first.hear('b', '5')]);
    expect(first.written).to.deep.equal(['a 1', 'b 3']);
    expect(first.logged.map((line) => /"dropped":(\d)/.exec(line)?.[1])).to.deep.equal([
      undefined,
      '1',
      undefined,
      '2',
    ]);
    expect(first.pendingWrites.backlog().dropped).to.equal(3);
  });

  it('are all dropped, once one was, until half of those that wait are written', async () => {
    const { pendingWrites, hear, writeOne, madeRoom, comeBack, written } = setUp(4);
    const all = ['a', 'b', 'c', 'd', 'e'].map((call) => hear(call, 'ringing'));
    await writeOne();
    all.push(hear('f', 'ringing'));
    expect(pendingWrites.backlog()).to.include({ waiting: 3, dropped: 2 });
    await writeOne();
    expect(madeRoom()).to.equal(1);
    all.push(hear('g', 'ringing'));
    expect(pendingWrites.backlog()).to.include({ waiting: 3, dropped: 2 });
    comeBack();
    await Promise.all(all);
    expect(written.join()).to.include('g ringing').and.not.to.include('f ringing');
  });

  it('of a call that lost one are dropped until the call is reconciled: an end without its ringing tells a lie', async () => {
    const { pendingWrites, hear, comeBack, written, logged } = setUp(1, 100);
    const all = [hear('a', 'ringing'), hear('b', 'ringing')];
    comeBack();
    await Promise.all(all);
    await hear('b', 'hung_up');
    await hear('a', 'hung_up');
    expect(written).to.deep.equal(['a ringing', 'a hung_up']);
    expect(pendingWrites.backlog().dropped).to.equal(2);
    expect(logged).to.have.length(2);

    await delay(110);
    await hear('b', 'hung_up');
    expect(written).to.deep.equal(['a ringing', 'a hung_up', 'b hung_up']);
  });

  it('that cannot be written take no place any more', async () => {
    const { pendingWrites } = setUp(1);
    const failing = pendingWrites.add({ callId: 'a', attempt: 1 }, () => Promise.reject(new Error('no')));
    const failed = await failing.catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(pendingWrites.backlog().waiting).to.equal(0);
  });
});
