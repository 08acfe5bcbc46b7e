import { setTimeout as sleep } from 'node:timers/promises';
import type { Dialplan } from '@dialgate/asterisk-simulator';
import type { CallBody, Client } from './client.js';

/** A callee, by the last three digits of their number, and where they are sent when they answer. */
interface Character {
  readonly digits: string;
  readonly extension: string;
}

/** Which callees are called. */
export type Mix = 'mixed' | 'long' | 'short' | 'busy';

/** Extensions of the campaign: the callee hears something for so many seconds, then the dialplan hangs up. */
export const DIALPLAN: Dialplan = {
  'outbound-ivr': Object.fromEntries(
    [1, 2, 12, 20, 90].map((seconds) => [
      `for${String(seconds)}`,
      [
        { app: 'Answer', data: '' },
        { app: 'Wait', data: String(seconds) },
        { app: 'Hangup', data: '16' },
      ],
    ]),
  ),
};

const to = (extension: string, ...digits: string[]): Character[] => digits.map((each) => ({ digits: each, extension }));

const MIXES: Readonly<Record<Mix, readonly Character[]>> = {
  // A quarter each: answered, busy, unanswered, failed.
  mixed: [
    ...to('for2', '001', '012', '123', '002'),
    ...to('for2', '486', '008', '486', '014'),
    ...to('for2', '006', '017', '480', '009'),
    ...to('for2', '404', '503', '488', '013'),
  ],
  // Calls that are up for long, for what strikes running calls: hung up by the callee or by the dialplan.
  long: [
    ...to('for20', '002', '002', '003', '002'),
    ...to('for90', '012', '123', '012', '123'),
    ...to('for2', '486', '006', '404', '008'),
  ],
  // The same where there is little time: long enough for an adoption.
  short: [...to('for12', '002', '003'), ...to('for90', '012', '123', '012'), ...to('for2', '486', '006', '404', '008')],
  // Callees that cost next to nothing, where the number of calls is the subject.
  busy: to('for1', '486'),
};

/** How long the callees' phones ring, in milliseconds. */
export const RING_TIMEOUT_MS = 6_000;

const SHORT_RING_TIMEOUT_MS = 3_000;

/** So long that no call expires behind the longest fault. */
const EXPIRES_IN_SECONDS = 1_800;

const ORDINARY = { timeout: RING_TIMEOUT_MS, expires_in: EXPIRES_IN_SECONDS };

/** Places calls, each to a number of its own. */
export interface Traffic {
  /** Places so many calls at so many a second; resolves when all are accepted. */
  readonly flow: (calls: number, perSecond: number, mix: Mix) => Promise<void>;
  /** Asks once for a call to a busy callee. Resolves with the status of the answer, null when there was none. */
  readonly probe: () => Promise<number | null>;
  /** Places one call to a callee with this character. Resolves with its id. */
  readonly one: (digits: string, body: Pick<CallBody, 'extension'> & Partial<CallBody>) => Promise<string>;
}

export function openTraffic(client: Client): Traffic {
  let serial = 0;

  function numberOf(digits: string): string {
    serial++;
    return `+331${String(serial).padStart(6, '0')}${digits}`;
  }

  function one(digits: string, body: Pick<CallBody, 'extension'> & Partial<CallBody>): Promise<string> {
    return client.place(numberOf(digits), { ...ORDINARY, ...body });
  }

  return {
    one,
    probe: () => client.askOnce(numberOf('486'), { ...ORDINARY, extension: 'for1' }),
    flow: async (calls, perSecond, mix) => {
      const characters = MIXES[mix];
      const placing: Promise<string>[] = [];
      const since = performance.now();
      for (let n = 0; n < calls; n++) {
        const due = since + (n * 1_000) / perSecond - performance.now();
        if (due > 1) await sleep(due);
        const { digits, extension } = characters[n % characters.length] ?? { digits: '486', extension: 'for1' };
        const placed = one(digits, { extension, ...(mix === 'short' ? { timeout: SHORT_RING_TIMEOUT_MS } : {}) });
        placed.catch(() => undefined); // What was refused is said when all are placed, which may be an hour later.
        placing.push(placed);
      }
      await Promise.all(placing);
    },
  };
}
