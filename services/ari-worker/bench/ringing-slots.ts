/** Slots on one simulated Asterisk, each with calls that ring: rows in PostgreSQL, channels in Asterisk, an open event socket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database, Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { silentLog as log } from '@dialgate/service-kit';
import { createUser, eventually, FOLLOWING, someNewCall } from '@dialgate/testing';
import { v7 as uuidv7 } from 'uuid';
import type { AriAccess, AriClient } from '../src/ari/client.js';
import { openEventStream, type EventStream } from '../src/ari/event-stream.js';
import { inPortions } from '../src/events/in-portions.js';

/** Longer than any benchmark: nobody picks up. */
const RING_SECONDS = 600;

export interface RingingSlot {
  readonly lease: Lease;
  readonly stream: EventStream;
  readonly calls: readonly Call[];
}

/** As a process of its own: its CPU is not the worker's. It ends with this one. */
export async function startSimulator(): Promise<AriAccess> {
  const main = fileURLToPath(new URL('main.ts', import.meta.resolve('@dialgate/asterisk-simulator')));
  const [username, password] = ['bench', uuidv7()];
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0'], {
    env: { ...process.env, ARI_USERNAME: username, ARI_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill()).once('SIGTERM', () => process.exit(1));
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const [url] = /http:\S+/.exec(line) ?? [];
  if (url === undefined) throw new Error(`the simulator said: ${line}`);
  return { url, username, password };
}

/** @returns so many slots, with so many calls each; each call is dialled, and its row says that it rings. */
export async function ringingSlots(
  { database, sql }: { readonly database: Database; readonly sql: (text: string) => Promise<unknown> },
  { access, ari }: { readonly access: AriAccess; readonly ari: AriClient },
  { slots, callsEach }: { readonly slots: number; readonly callsEach: number },
): Promise<RingingSlot[]> {
  const userId = await createUser(database);
  const mine = { asterisk: 'bench', appPrefix: 'bench', owner: uuidv7(), holder: 'bench' };
  const leases: Lease[] = [];
  while (leases.length < slots) leases.push(await database.slots.acquire(mine));
  const made: RingingSlot[] = [];
  for (const lease of leases) {
    const stream = openStream(access, lease.app);
    await eventually(() => stream.state() === 'connected');
    await database.slots.renew(lease, FOLLOWING);
    const ids = Array.from({ length: callsEach }, () => uuidv7());
    const calls = await inPortions(ids, (id) => dialedCall(database, ari, lease, { id, userId }));
    made.push({ lease, stream, calls });
  }
  // What the worker would have written for their events.
  await sql(`UPDATE calls SET status = 'ringing', ringing_at = now()`);
  await sql('VACUUM ANALYZE calls');
  return made;
}

function openStream(access: AriAccess, app: string): EventStream {
  const onEvent = (): void => undefined;
  return openEventStream({ access, app, log, onEvent, onState: onEvent, mayConnect: () => true });
}

async function dialedCall(
  { calls }: Database,
  ari: AriClient,
  lease: Lease,
  { id, userId }: { readonly id: string; readonly userId: string },
): Promise<Call> {
  await calls.create({ ...someNewCall({ userId, ringTimeoutMs: RING_SECONDS * 1_000 }), id });
  const claimed = await calls.claim(id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
  if (claimed.outcome !== 'claimed') throw new Error('not claimed');
  const channelId = claimed.call.channelId ?? '';
  await calls.permitDial({ callId: id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch });
  // 006 is the callee who lets it ring.
  await ari.createChannel({ id: channelId, endpoint: 'PJSIP/33100000006@trunk', app: lease.app, variables: {} });
  // Refused until the channel has come into its application.
  await eventually(async () => (await ari.dial(channelId, RING_SECONDS, 5_000)).kind === 'ok');
  return { ...claimed.call, status: 'ringing', dialSentAt: new Date() };
}
