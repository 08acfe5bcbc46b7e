import type { Logger } from '@dialgate/logging';
import { expect } from 'chai';
import { inOrder } from '../src/in-order.js';
import { waitingFacts } from '../src/waiting-facts.js';

describe('waiting facts', () => {
  /** A database that is away until it is told to come back. */
  function setUp(max: number) {
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
    let madeRoom = 0;
    const facts = waitingFacts({ order: inOrder(), onMadeRoom: () => madeRoom++, log, max });
    return {
      facts,
      logged,
      written,
      comeBack,
      madeRoom: () => madeRoom,
      hear: (callId: string, fact: string) =>
        facts.add(callId, async () => {
          await back;
          written.push(`${callId} ${fact}`);
        }),
    };
  }

  it('are written in order once the database is back', async () => {
    const { hear, written, comeBack, facts, logged, madeRoom } = setUp(10);
    const all = [hear('a', 'ringing'), hear('b', 'ringing'), hear('a', 'answered')];
    expect(facts.backlog()).to.deep.equal({ waiting: 3, oldestSeconds: 0, dropped: 0, lastDroppedSecondsAgo: null });
    comeBack();
    await Promise.all(all);
    expect(written.filter((fact) => fact.startsWith('a'))).to.deep.equal(['a ringing', 'a answered']);
    expect(written).to.include('b ringing');
    expect(facts.backlog()).to.deep.equal({ waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null });
    expect([logged, madeRoom()]).to.deep.equal([[], 0]);
  });

  it('are dropped beyond the bound, which is said twice and reconciled once', async () => {
    const { hear, written, comeBack, facts, logged, madeRoom } = setUp(4);
    const all = ['ringing', 'answered', 'fact', 'fact', 'hung_up', 'fact', 'fact'].map((fact) => hear('a', fact));
    expect(facts.backlog()).to.include({ waiting: 4, dropped: 3, lastDroppedSecondsAgo: 0 });
    expect(logged).to.have.length(1);
    expect(logged[0]).to.match(/^error Facts dropped/);
    expect(madeRoom()).to.equal(0);

    comeBack();
    await Promise.all(all);
    expect(written).to.deep.equal(['a ringing', 'a answered', 'a fact', 'a fact']);
    expect(facts.backlog()).to.include({ waiting: 0, dropped: 3 });
    expect(logged).to.have.length(2);
    expect(logged[1]).to.match(/^error .*"dropped":3/);
    expect(madeRoom()).to.equal(1);
  });

  it('are taken again after that, and a second shortage is counted for itself', async () => {
    const first = setUp(1);
    const all = [first.hear('a', '1'), first.hear('a', '2')];
    first.comeBack();
    await Promise.all(all);
    await Promise.all([first.hear('a', '3'), first.hear('a', '4'), first.hear('a', '5')]);
    expect(first.written).to.deep.equal(['a 1', 'a 3']);
    expect(first.logged.map((line) => /"dropped":(\d)/.exec(line)?.[1])).to.deep.equal([
      undefined,
      '1',
      undefined,
      '2',
    ]);
    expect(first.facts.backlog().dropped).to.equal(3);
  });

  it('that cannot be written take no place any more', async () => {
    const { facts } = setUp(1);
    const failed = await facts.add('a', () => Promise.reject(new Error('no'))).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(facts.backlog().waiting).to.equal(0);
  });
});
