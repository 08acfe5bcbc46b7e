import type { Lease } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import type { OriginateParts } from '../src/originate/attempt.js';
import { createOriginateCall } from '../src/originate/originate-call.js';

const LEASE = { slotId: 1, app: 'app-1', epoch: 1 } as Lease;

describe('a job that a worker gets as it stops taking any', () => {
  for (const [why, lease, takes] of [
    ['its slot is not ready', null, true],
    ['its Asterisk refuses each channel', LEASE, false],
  ] as const) {
    it(`goes back to its place for another one, which need not wait: ${why}`, async () => {
      const parts = {
        slot: { lease: () => lease },
        breaker: { takes: () => takes },
        underWay: new Set(),
        limits: { maxConcurrentCalls: 0, originatePerSecond: 0 },
        log: silentLog,
      };
      const originate = createOriginateCall(parts as unknown as OriginateParts);
      expect(await originate('a-call')).to.deep.equal({ putBackForMs: 200, resting: 'own' });
    });
  }
});
