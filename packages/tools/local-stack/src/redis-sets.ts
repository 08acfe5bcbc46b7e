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

/** What servers show to clients and to each other, and to whom it is issued. */
export interface ServerCertificate {
  /** The name or address of this machine that it holds for, by which all servers are known then. */
  readonly host: string;
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/** How to start one process again. */
interface Member {
  /** Where it is asked in plain text. */
  readonly port: number;
  /** Where clients and other servers find it: another one with TLS. */
  readonly servesAt: number;
  readonly start: () => Promise<Redis>;
  running: Redis;
}

/** A master, its replica and three sentinels, which agree on a failover when two of them miss the master for 2 s. */
export async function startSentinelSet(encrypted?: ServerCertificate): Promise<RedisSet> {
  const set = await emptySet(encrypted);
  const { password, host } = set;
  const announced = encrypted === undefined ? [] : [`replica-announce-ip ${host}`];
  const master = await set.add([`masterauth ${password}`, ...announced]);
  await set.add([`masterauth ${password}`, `replicaof ${host} ${String(master.servesAt)}`, ...announced]);
  const watch = [
    ...(encrypted === undefined ? [] : namesOfSentinels(host)),
    `sentinel monitor mymaster ${host} ${String(master.servesAt)} 2`,
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
  return {
    ...set,
    url: `${set.scheme}+sentinel://:${password}@${set.hosts(sentinels)}/mymaster?sentinel_password=${password}`,
    killMaster: () => set.kill(master),
    failedOver: () =>
      until('another master', async () => {
        const named = await Promise.all(
          sentinels.map(({ port }) => set.ask(port, 'SENTINEL GET-MASTER-ADDR-BY-NAME mymaster')),
        );
        return named.every((text) => !text.includes(`\r\n${String(master.servesAt)}\r\n`));
      }),
  };
}

/** Three masters, and a replica of the one that has this prefix's keys. */
export async function startCluster(prefix: string, encrypted?: ServerCertificate): Promise<RedisSet> {
  const set = await emptySet(encrypted);
  // A bus port of its own: ten thousand above the other, as is usual, ports are lent to outgoing connections.
  const buses = [await freePort(), await freePort(), await freePort(), await freePort()];
  const nodes: Member[] = [];
  for (const bus of buses) {
    const settings = ['cluster-enabled yes', 'cluster-node-timeout 3000', `cluster-port ${String(bus)}`];
    if (encrypted !== undefined) settings.push(...namesOfCluster(set.host));
    nodes.push(await set.add([`masterauth ${set.password}`, ...settings]));
  }
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('no node');
  const SLOTS = [
    [0, 5460],
    [5461, 10922],
    [10923, 16383],
  ] as const;
  const meet = `CLUSTER MEET 127.0.0.1 ${String(first.servesAt)} ${String(buses[0])}`;
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
  return {
    ...set,
    url: `${set.scheme}+cluster://:${set.password}@${set.hosts(nodes)}`,
    killMaster: () => set.kill(owner),
    failedOver: () =>
      until('another master', async () => (await set.ask(replica.port, 'INFO replication')).includes('role:master')),
  };
}

/** Sentinels tell clients addresses, for which a certificate need not be, unless they are told otherwise. */
function namesOfSentinels(host: string): string[] {
  return [
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel announce-ip ${host}`, // It may be a name.
  ];
}

/** And so does a cluster. */
function namesOfCluster(host: string): string[] {
  return ['tls-cluster yes', `cluster-announce-hostname ${host}`, 'cluster-preferred-endpoint-type hostname'];
}

/** Settings for TLS on a port of its own, also to the master and between sentinels (`tls-replication`). */
export function overTls(port: number, { certificate, key, authority }: ServerCertificate): string[] {
  return [
    `tls-port ${String(port)}`,
    `tls-cert-file "${certificate}"`,
    `tls-key-file "${key}"`,
    `tls-ca-cert-file "${authority}"`,
    'tls-auth-clients no',
    'tls-replication yes',
    'bind 127.0.0.1 -::1', // A name may stand for either.
  ];
}

async function emptySet(encrypted?: ServerCertificate) {
  const directory = await mkdtemp(join(tmpdir(), 'redis-set-'));
  const password = randomBytes(12).toString('hex');
  const members: Member[] = [];

  async function add(settings: readonly string[], sentinel = false): Promise<Member> {
    const port = await freePort();
    const servesAt = encrypted === undefined ? port : await freePort();
    const tls = encrypted === undefined ? [] : overTls(servesAt, encrypted);
    const start = (): Promise<Redis> =>
      startRedis({
        dir: join(directory, String(port)),
        log: () => undefined,
        searchPath: process.env.PATH,
        cache: join(homedir(), '.cache', 'dialgate'),
        port,
        password,
        settings: [...tls, ...settings],
        sentinel,
      });
    const member = { port, servesAt, start, running: await start() };
    members.push(member);
    return member;
  }

  async function kill({ running }: Member): Promise<void> {
    running.process?.kill('SIGKILL');
    await running.process?.exited;
  }

  const living = (): Member[] => members.filter(({ running }) => running.process?.exit() === null);

  const host = encrypted?.host ?? '127.0.0.1';
  return {
    scheme: encrypted === undefined ? 'redis' : 'rediss',
    host,
    hosts: (some: readonly Member[]) => some.map(({ servesAt }) => `${host}:${String(servesAt)}`).join(),
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
