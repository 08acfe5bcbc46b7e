import { hasNoTables, type Lease, type WrongAsterisk } from '@dialgate/database';
import type { AsteriskObstacle, SlotConnection } from '@dialgate/domain';
import { CONNECTED_TO_ARI, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { AriReply } from '../ari/replies.js';
import type { EventStream, StreamState } from '../ari/event-stream.js';
import type { Reconcile, Reconciled } from '../reconcile/reconcile.js';
import { ObstacleError, obstacleIn, refusalError } from './asterisk-obstacle.js';
import { SLOT_MODES, type SlotEvent, type SlotMode } from './slot-mode.js';

const RECONCILE_EVERY_MS = 30_000;
const RECONCILE_AGAIN_MS = 2_100;
const RETRY_MS = 500;

/** How soon an Asterisk that is too old is asked again: somebody may have updated it. */
const TOO_OLD_RETRY_MS = 30_000;

export type SlotUpkeep = ReturnType<typeof openSlotUpkeep>;

interface UpkeepParts {
  readonly lease: Lease;
  readonly ari: Pick<AriClient, 'filterEvents' | 'applications'>;
  readonly openStream: (onState: (state: StreamState) => void) => EventStream;
  readonly reconcile: Reconcile;
  /** What is wrong with the Asterisk that answers, or null. */
  readonly checkAsterisk: () => Promise<WrongAsterisk | null>;
  /** Called when the slot has become ready, and when it is so no more. */
  readonly onReadiness: (ready: boolean) => void;
  readonly log: Logger;
}

/** Opens a slot's event socket and brings the slot from mode to mode until it is ready; reconciles it again and again then. */
export function openSlotUpkeep(parts: UpkeepParts) {
  const { lease, reconcile, onReadiness, log } = parts;
  /** A new object with every event: what was begun under an earlier one counts for nothing when it comes to an end. */
  let state: { readonly mode: SlotMode } = { mode: 'disconnected' };
  let last: Reconciled | null = null;
  let timer: NodeJS.Timeout | undefined;
  let working = false;
  let obstacle: WrongAsterisk | AsteriskObstacle | null = null; // What the last try has failed by, where that is known.
  const stream = parts.openStream((socket) => startOver(socket === 'connected' ? 'socket_opened' : 'socket_lost'));

  return {
    mode: (): SlotMode => state.mode,
    /** What the last reconciliation found, or null before the first. */
    lastReconciled: (): Reconciled | null => last,
    invalidate: (): void => startOver('invalidated'),
    /** How the event socket stands, or what is wrong with the Asterisk behind it. */
    connection: (): SlotConnection => (isIn('disconnected', 'closed') ? null : obstacle) ?? stream.state(),
    close: (): void => {
      clearTimeout(timer);
      become('closed');
      stream.close();
    },
  };

  function startOver(event: SlotEvent): void {
    become(event);
    workIn(0);
  }

  function become(event: SlotEvent): void {
    const before = state.mode;
    const mode = SLOT_MODES[before][event] ?? before;
    state = { mode };
    if ((before === 'ready') !== (mode === 'ready')) onReadiness(mode === 'ready');
  }

  function isIn(...modes: SlotMode[]): boolean {
    return modes.includes(state.mode);
  }

  function workIn(ms: number): void {
    clearTimeout(timer);
    if (!isIn('closed')) timer = setTimeout(() => void work(), ms);
  }

  /** Filters if the mode asks for it, reconciles, and sees to the next time. Never twice at once. */
  async function work(): Promise<void> {
    if (working || isIn('disconnected', 'misplaced', 'closed')) return;
    working = true;
    let begun = state;
    let restMs = RETRY_MS;
    try {
      if (isIn('filtering')) {
        const wrong = (obstacle = await filter(parts));
        begun = done(begun, wrong ?? 'filtered');
        restMs = wrong === null ? RETRY_MS : TOO_OLD_RETRY_MS;
        if (wrong !== null) return;
      }
      last = await reconcile(lease, stream.receivedAll, !isIn('ready'));
      obstacle = null;
      restMs = last.reconcileAgain ? RECONCILE_AGAIN_MS : RECONCILE_EVERY_MS;
      begun = done(begun, 'reconciled');
    } catch (error) {
      obstacle = error instanceof ObstacleError ? error.obstacle : null;
      if (!isIn('closed')) complain(log, { app: lease.app, obstacle, error });
      begun = done(begun, 'reconcile_failed');
    } finally {
      working = false;
      workIn(begun === state ? restMs : 0);
    }
  }

  /** @returns the state that it has led to, or the old one when it counts for nothing. */
  function done(begun: typeof state, event: SlotEvent): typeof state {
    if (begun !== state) return begun;
    become(event);
    return state;
  }
}

/** Not on an Asterisk that is the wrong one. @returns what is wrong with it, or null. */
async function filter({ ari, lease, log, checkAsterisk }: UpkeepParts): Promise<WrongAsterisk | null> {
  const wrong = await checkAsterisk();
  if (wrong !== null) return wrong;
  const reply = await ari.filterEvents(lease.app);
  if (reply.kind !== 'ok') throw await filterError(ari, reply);
  log.info({ app: lease.app }, CONNECTED_TO_ARI); // The socket is open, and a request was answered.
  return null;
}

/** "Not found" may mean the application or the resource; which of the two, the list of applications tells. */
async function filterError(ari: UpkeepParts['ari'], reply: AriReply): Promise<Error> {
  const isNotFound = obstacleIn(reply, 'foreign_application') === 'foreign_application';
  const without =
    isNotFound && (await ari.applications()).kind === 'ok' ? 'foreign_application' : 'no_ari_applications';
  return refusalError('the event filter was not taken', reply, without);
}

/** Services may be started before the migrations are through; should that not pass, /health says it. */
function complain(log: Logger, about: { readonly error: unknown } & Readonly<Record<string, unknown>>): void {
  const say = hasNoTables(about.error) ? log.info : log.warn;
  say(about, 'Slot not reconciled');
}
