import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createOriginateRoom, firstRoom, roomAfter, type Room } from '../src/originate/room.js';

const MOST = 50;

describe('how many originations run at once', () => {
  it('begins with ten, or with fewer where there may not be more', () => {
    expect(firstRoom(MOST).atOnce).to.equal(10);
    expect(firstRoom(3).atOnce).to.equal(3);
  });

  it('grows by one with each dial that left in time, up to the most', () => {
    expect(after({ atOnce: 10, cutAt: 0 }, [dialed(1, 2_499)])).to.deep.equal({ atOnce: 11, cutAt: 0 });
    expect(after({ atOnce: 10, cutAt: 0 }, Array(100).fill(dialed(1, 20))).atOnce).to.equal(MOST);
  });

  it('does not grow because a channel entered in time: its dial is to come', () => {
    expect(after({ atOnce: 10, cutAt: 0 }, [entered(1, 20)]).atOnce).to.equal(10);
  });

  it('is halved when a dial was nearly too late, or a channel late to enter', () => {
    expect(after({ atOnce: 10, cutAt: 0 }, [dialed(1, 2_500)])).to.deep.equal({ atOnce: 5, cutAt: 100 });
    expect(after({ atOnce: 10, cutAt: 0 }, [entered(1, 2_500)])).to.deep.equal({ atOnce: 5, cutAt: 100 });
  });

  it('is halved once for all that ran at the same time, and learns nothing more of them', () => {
    const told = [dialed(1, 4_000), dialed(2, 4_000), entered(3, 5_000), dialed(99, 10), dialed(100, 9_000)];
    expect(after({ atOnce: 40, cutAt: 0 }, told)).to.deep.equal({ atOnce: 20, cutAt: 100 });
  });

  it('is never less than one, and is back in a few rounds when the load is over', () => {
    const late = Array.from({ length: 20 }, (_, n) => ({ ...dialed(101 + n, 4_000), now: 101 + n }));
    const least = late.reduce((room, { now, ...told }) => roomAfter(room, told, MOST, now), firstRoom(MOST));
    expect(least.atOnce).to.equal(1);
    let room: Room = least;
    let rounds = 0;
    for (; room.atOnce < MOST; rounds++) room = after(room, Array(room.atOnce).fill(dialed(1_000, 50)));
    expect(rounds).to.equal(6);
  });

  it('is told to whoever takes the jobs, when it has changed', () => {
    const room = createOriginateRoom(11, silentLog);
    const told: number[] = [];
    room.onChange((atOnce) => told.push(atOnce));
    const begunAt = performance.now();
    for (let n = 0; n < 3; n++) room.learn({ begunAt, step: 'dialed', tookMs: 10 });
    room.learn({ begunAt, step: 'entered', tookMs: 6_000 });
    expect(told).to.deep.equal([11, 5]);
    expect(room.atOnce()).to.equal(5);
  });
});

function after(room: Room, told: readonly Parameters<typeof roomAfter>[1][]): Room {
  return told.reduce((before, each) => roomAfter(before, each, MOST, 100), room);
}

function dialed(begunAt: number, tookMs: number) {
  return { begunAt, step: 'dialed', tookMs } as const;
}

function entered(begunAt: number, tookMs: number) {
  return { begunAt, step: 'entered', tookMs } as const;
}
