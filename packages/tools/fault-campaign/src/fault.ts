import type { Settings } from './installation.js';
import type { Measure } from './measures.js';
import type { ServersKind } from './servers.js';
import type { Stage } from './stage.js';
import type { Mix } from './traffic.js';

/** How much of a fault is played: the whole of it, or what the tests have time for. */
export interface Extent {
  readonly calls: number;
  /** How often what strikes repeatedly strikes. */
  readonly strikes: number;
  /** How much of the pauses before and between strikes is kept, 0–1; default all. */
  readonly rest?: number;
}

/** One row of the catalogue (R01 …): what goes wrong while calls flow, and what must hold besides the verdict. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly whole: Extent;
  /** Absent: not part of the tests. */
  readonly brief?: Extent;
  /** Calls placed a second. */
  readonly perSecond: number;
  /** Default: a quarter each answered, busy, unanswered, failed. */
  readonly mix?: Mix;
  /** How many workers run when the calls begin; default 2. */
  readonly workers?: number;
  /** How many Asterisks there are, each with workers of its own in turn; default 1. */
  readonly asterisks?: number;
  /** Other servers than all other faults have in common. */
  readonly servers?: ServersKind;
  readonly settings?: Settings;
  /** Runs beside the traffic, which begins at the same moment. Resolves when everything is whole again. */
  readonly strike: (stage: Stage, extent: Extent) => Promise<void>;
  /** Looks at the end for what the verdict does not see. Returns what is wrong. */
  readonly check?: (stage: Stage, extent: Extent) => Promise<readonly string[]> | readonly string[];
  /** The API must answer as quickly while something is broken as at other times. */
  readonly apiUnmoved?: boolean;
  /** What was measured of a run that is over. */
  readonly measure?: (stage: Stage) => readonly Measure[];
  /** At most this share of the calls (0–1) may end unseen, because the fault hides what becomes of them; default none. */
  readonly mayBeUnseen?: number;
  /** At most this share (0–1) may be given up without a ring, because the fault keeps them from being dialled; default none. */
  readonly mayBeNotRung?: number;
  /** Clients may be turned away and have to ask again, because the API or its database is struck. */
  readonly mayTurnAway?: boolean;
  /** Single events are lost, doubled and overtaken: nobody can be sure who hung up. */
  readonly garblesEvents?: boolean;
  /** No worker dies: every slot stays where it is, whatever becomes of its lease. */
  readonly keepsSlots?: boolean;
  /** How long an answered callee may hear nothing while their worker lives, in milliseconds; default 2,000. */
  readonly silenceMs?: number;
  /** Within how long an answer that nobody heard is found, in milliseconds; default 25,000: an adoption, and some time for it. */
  readonly answerFoundWithinMs?: number;
  /** Within how long after its end on the wire a call's status must be right, in milliseconds; default 45,000. */
  readonly rightWithinMs?: number;
  /** Within how long a call is dialled when nothing is broken, in milliseconds; default 3,000. */
  readonly dialledWithinMs?: number;
  /**
   * Within how long a call is dialled that something broken has kept waiting, beyond twice the time for which it was broken, in
   * milliseconds; default 20,000: a lease, an adoption, and until the sweep asks again.
   */
  readonly aftermathMs?: number;
  /** Within how long 99 of 100 slots of killed workers must be adopted, in milliseconds; not looked at by default. */
  readonly adoptedWithinMs?: number;
  /** Why it cannot be played on this machine; null when it can. */
  readonly unavailable?: () => string | null;
}
