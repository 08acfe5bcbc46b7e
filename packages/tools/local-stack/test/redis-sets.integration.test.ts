import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { sleep } from '@dialgate/service-kit';
import { depth, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startCluster, startSentinelSet, type RedisSet } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';

const PREFIX = 'set-of-servers';

/** How long all of Redis is away, in milliseconds: the whole 45 s in the long runs only. */
const AWAY_MS = depth({ quick: 8_000, deep: 45_000 });

const SETS: readonly (readonly [name: string, start: () => Promise<RedisSet>])[] = [
  ['three sentinels, a master and its replica', startSentinelSet],
  ['a cluster of three masters and a replica', () => startCluster(PREFIX)],
];

for (const [name, startSet] of SETS) {
  describe(`with ${name} as its Redis`, function () {
    this.timeout(180_000);
    let simulator: AsteriskSimulator;
    let redis: RedisSet;
    let gateway: Gateway;
    before(async () => {
      redis = await startSet();
      simulator = await startAsteriskSimulator({ username: 'gateway', password: 'simulated', speed: 10 });
      gateway = await startGateway(
        { url: simulator.ariUrl, username: 'gateway', password: 'simulated' },
        { both: { REDIS_URL: redis.url, QUEUE_PREFIX: PREFIX } },
      );
    });
    after(async () => {
      await gateway.stop();
      await simulator.close();
      await redis.stop();
    });

    async function placedNow(): Promise<{ id: string; degraded: boolean }> {
      const answer = await gateway.request('POST', '/calls', { phone_number: '+33100000486' });
      expect(answer.status).to.equal(202);
      const { call_id: id } = (await answer.json()) as { call_id: string };
      return { id, degraded: answer.headers.get('x-queue') === 'degraded' };
    }

    async function isDialledByItself(): Promise<void> {
      await eventually(async () => !(await placedNow()).degraded, 60_000);
      const call = await placedNow();
      expect(await gateway.ended(call.id)).to.include({ status: 'busy' });
    }

    async function allDialledOnce(): Promise<void> {
      await eventually(async () => {
        const [open] = await gateway.sql<{ n: number }>('SELECT count(*)::int AS n FROM calls WHERE ended_at IS NULL');
        return open?.n === 0;
      }, 120_000);
      const ends = await gateway.sql<{ status: string }>('SELECT DISTINCT status FROM calls');
      expect(ends).to.deep.equal([{ status: 'busy' }]);
      expect(simulator.ledger.dialledTwice().filter(({ what }) => what === 'call')).to.deep.equal([]);
    }

    it('calls go on when the master is killed: another takes its place', async () => {
      await isDialledByItself();
      await redis.killMaster();
      const during = await placedNow();
      await eventually(async () => (await placedNow()).degraded, 30_000);
      expect(await gateway.ended(during.id)).to.include({ status: 'busy' });
      await isDialledByItself();
      await allDialledOnce();
    });

    it('calls go on when all of it stood still', async () => {
      redis.signal('SIGSTOP');
      const during = await placedNow();
      await eventually(async () => (await placedNow()).degraded, 30_000);
      await sleep(AWAY_MS); // How long it takes to be given up is what is tested.
      expect((await placedNow()).degraded).to.equal(true);
      redis.signal('SIGCONT');
      expect(await gateway.ended(during.id)).to.include({ status: 'busy' });
      await isDialledByItself();
      await allDialledOnce();
    });
  });
}
