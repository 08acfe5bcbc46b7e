import { inTime } from '@dialgate/service-kit';
import { Cluster, type Redis } from 'ioredis';

/** How often a connection is asked whether it lives, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** Within which it has to answer, in milliseconds; else it counts as silent. */
const ANSWER_WITHIN_MS = 800;

/** How long a connection may be silent before it is given up for a new one, in milliseconds. */
const SILENT_MS = 4_000;

/** Connections that did not answer when they were last asked. */
const silent = new WeakSet<Redis | Cluster>();

/** Whether Redis answers over this connection just now, as far as is known: for up to 2 s a dead one passes for a living one. */
export function answers(client: Redis | Cluster): boolean {
  return client.status === 'ready' && !silent.has(client);
}

/**
 * Asks a connection every second whether it lives, until it is closed, and has one replaced that was silent for 4 s, or that
 * was made and never became ready. Without it a connection to a host that is gone would be believed for up to 15 minutes: as
 * long as Linux repeats what was not acknowledged, and TCP's own keepalive stays away meanwhile.
 *
 * @param ownKey a key such as will be asked for: a cluster may be there, and the node that has our keys not.
 */
export function watchConnection(client: Redis | Cluster, ownKey: string): void {
  const silentSince = new Map<Redis, number>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(node: Redis): Promise<void> {
    const answered = await lives(node);
    if (answered) {
      silentSince.delete(node);
      return;
    }
    const since = silentSince.get(node) ?? performance.now() - ANSWER_WITHIN_MS;
    silentSince.set(node, since);
    if (performance.now() - since < SILENT_MS) return;
    silentSince.set(node, performance.now()); // It says that it is ready until it has been closed.
    node.disconnect(true);
  }

  async function lookAtAll(): Promise<void> {
    const nodes = client instanceof Cluster ? client.nodes() : [client];
    for (const node of silentSince.keys()) if (!nodes.includes(node)) silentSince.delete(node);
    await Promise.all(nodes.map(look));
    const serves = !(client instanceof Cluster) || client.status !== 'ready' || (await hasNodeFor(client, ownKey));
    if (silentSince.size > 0 || !serves) silent.add(client);
    else silent.delete(client);
  }

  function schedule(): void {
    if (closed) return;
    timer = setTimeout(() => void lookAtAll().finally(schedule), LOOK_EVERY_MS);
    timer.unref();
  }

  client.on('end', () => {
    closed = true;
    clearTimeout(timer);
  });
  schedule();
}

/** Whether a connection answers. One that is not there, or is only being made, has nothing to answer. */
async function lives(node: Redis): Promise<boolean> {
  if (node.status === 'connect') return false; // Its first words have not been answered yet.
  if (node.status !== 'ready') return true;
  const asked = node.ping().then(
    () => true,
    (error: unknown) => node.status !== 'ready' || isAnswer(error),
  );
  return (await inTime(asked, ANSWER_WITHIN_MS)) === true;
}

/** Whether some node answers for this key just now. */
async function hasNodeFor(cluster: Cluster, key: string): Promise<boolean> {
  const asked = cluster.exists(key).then(
    () => true,
    () => false,
  );
  return (await inTime(asked, ANSWER_WITHIN_MS)) === true;
}

/** A refusal is an answer, too. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
