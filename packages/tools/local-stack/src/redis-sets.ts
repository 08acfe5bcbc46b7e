import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@dialgate/service-kit';
import { freePort } from './ports.js';
import { askRedis } from './raw-redis.js';
import { startRedis, type Redis } from './redis.js';

/** Several processes of Redis that stand in for each other. */
export interface RedisSet {
  /** `REDIS_URL` */
  readonly url: string;
  /** Kills the server that takes what is written: of a cluster, the one with the prefix's keys. */
  readonly killMaster: () => Promise<void>;
  /** Resolves when another has taken the place of the one that was killed. */
  readonly failedOver: () => Promise<void>;
  /** Stops all that run without ending them, sentinels included, or lets them go on. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** Ends all that run, as a power cut does. */
  readonly killAll: () => Promise<void>;
  /** Starts all again, with what they had written down. */
  readonly startAll: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How to start one process again. */
interface Member {
  readonly port: number;
  readonly start: () => Promise<Redis>;
  running: Redis;
}

/** A master, its replica and three sentinels, which agree on a failover when two of them miss the master for 2 s. */
export async function startSentinelSet(): Promise<RedisSet> {
  const set = await emptySet();
  const { password } = set;
  const master = await set.add([`masterauth ${password}`]);
  await set.add([`masterauth ${password}`, `replicaof 127.0.0.1 ${String(master.port)}`]);
  const watch = [
    `sentinel monitor mymaster 127.0.0.1 ${String(master.port)} 2`,
    `sentinel auth-pass mymaster ${password}`,
    `sentinel sentinel-pass ${password}`,
    'sentinel down-after-milliseconds mymaster 2000',
    'sentinel failover-timeout mymaster 10000',
  ];
  const sentinels = [await set.add(watch, true), await set.add(watch, true), await set.add(watch, true)];
  await until('sentinels that know each other', async () => {
    const known = await Promise.all(sentinels.map(({ port }) => set.ask(port, 'SENTINEL MASTER mymaster')));
    return known.every((text) => /num-slaves\s+\$1\s+1\s/.test(text) && /num-other-sentinels\s+\$1\s+2\s/.test(text));
  });
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${String(port)}`).join();
  return {
    ...set,
    url: `redis+sentinel://:${password}@${hosts}/mymaster?sentinel_password=${password}`,
    killMaster: () => set.kill(master),
    failedOver: () =>
      until('another master', async () => {
        const named = await Promise.all(
          sentinels.map(({ port }) => set.ask(port, 'SENTINEL GET-MASTER-ADDR-BY-NAME mymaster')),
        );
        return named.every((text) => !text.includes(`\r\n${String(master.port)}\r\n`));
      }),
  };
}

/** Three masters, and a replica of the one that has this prefix's keys. */
export async function startCluster(prefix: string): Promise<RedisSet> {
  const set = await emptySet();
  // A bus port of its own: ten thousand above the other, as is usual, ports are lent to outgoing connections.
  const buses = [await freePort(), await freePort(), await freePort(), await freePort()];
  const nodes: Member[] = [];
  for (const bus of buses) {
    const settings = ['cluster-enabled yes', 'cluster-node-timeout 3000', `cluster-port ${String(bus)}`];
    nodes.push(await set.add([`masterauth ${set.password}`, ...settings]));
  }
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('no node');
  const SLOTS = [
    [0, 5460],
    [5461, 10922],
    [10923, 16383],
  ] as const;
  const meet = `CLUSTER MEET 127.0.0.1 ${String(first.port)} ${String(buses[0])}`;
  for (const { port } of others) await set.ask(port, meet);
  for (const [i, [from, to]] of SLOTS.entries()) {
    await set.ask(nodes[i]?.port ?? 0, `CLUSTER ADDSLOTSRANGE ${String(from)} ${String(to)}`);
    await set.ask(nodes[i]?.port ?? 0, `CLUSTER SET-CONFIG-EPOCH ${String(i + 1)}`).catch(() => undefined);
  }
  const slot = Number((await set.ask(first.port, `CLUSTER KEYSLOT {${prefix}}`)).slice(1));
  const owner = nodes[SLOTS.findIndex(([from, to]) => from <= slot && slot <= to)] ?? first;
  const id = (await set.ask(owner.port, 'CLUSTER MYID')).split('\r\n')[1] ?? '';
  const replica = nodes[3] ?? first;
  await until('a replica', () => set.ask(replica.port, `CLUSTER REPLICATE ${id}`).catch(() => null));
  await until('a cluster that is whole', async () => {
    const states = await Promise.all(nodes.map(({ port }) => set.ask(port, 'CLUSTER INFO')));
    const synced = await set.ask(replica.port, 'INFO replication');
    return states.every((text) => text.includes('cluster_state:ok')) && synced.includes('master_link_status:up');
  });
  const hosts = nodes.map(({ port }) => `127.0.0.1:${String(port)}`).join();
  return {
    ...set,
    url: `redis+cluster://:${set.password}@${hosts}`,
    killMaster: () => set.kill(owner),
    failedOver: () =>
      until('another master', async () => (await set.ask(replica.port, 'INFO replication')).includes('role:master')),
  };
}

async function emptySet() {
  const directory = await mkdtemp(join(tmpdir(), 'redis-set-'));
  const password = randomBytes(12).toString('hex');
  const members: Member[] = [];

  async function add(settings: readonly string[], sentinel = false): Promise<Member> {
    const port = await freePort();
    const start = (): Promise<Redis> =>
      startRedis({
        dir: join(directory, String(port)),
        log: () => undefined,
        searchPath: process.env.PATH,
        cache: join(homedir(), '.cache', 'dialgate'),
        port,
        password,
        settings,
        sentinel,
      });
    const member = { port, start, running: await start() };
    members.push(member);
    return member;
  }

  async function kill({ running }: Member): Promise<void> {
    running.process?.kill('SIGKILL');
    await running.process?.exited;
  }

  const living = (): Member[] => members.filter(({ running }) => running.process?.exit() === null);

  return {
    password,
    add,
    kill,
    ask: (port: number, command: string) => askRedis(`redis://:${password}@127.0.0.1:${String(port)}`, command),
    signal: (signal: 'SIGSTOP' | 'SIGCONT') => {
      for (const { running } of living()) running.process?.kill(signal);
    },
    killAll: async () => {
      await Promise.all(members.map(kill));
    },
    startAll: async () => {
      await Promise.all(members.map(async (member) => (member.running = await member.start())));
    },
    stop: async () => {
      for (const { running } of living()) running.process?.kill('SIGCONT');
      await Promise.all(members.map(({ running }) => running.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param holds whether it is there; what comes of asking a server that is not up yet must be null. */
async function until(what: string, holds: () => Promise<unknown>): Promise<void> {
  const ask = async () => {
    const there = await holds();
    return there === false || there === null ? { notYet: 'not yet' } : { got: true };
  };
  await waitFor({ what, ask, say: () => undefined });
}
