import type { Fault } from './fault.js';
import { ASTERISK_FAULTS } from './faults/asterisk.js';
import { BOX_FAULTS } from './faults/boxes.js';
import { CLIENT_FAULTS } from './faults/clients.js';
import { CLOCK_FAULTS } from './faults/clock.js';
import { FAILOVER_FAULTS } from './faults/failovers.js';
import { FULL_DISK } from './faults/full-disk.js';
import { NETWORK_FAULTS } from './faults/network.js';
import { SERVER_FAULTS } from './faults/servers.js';
import { WORKER_FAULTS } from './faults/workers.js';

/** Every fault that the campaign plays, by its number. */
export const CATALOGUE: readonly Fault[] = [
  ...WORKER_FAULTS,
  ...NETWORK_FAULTS,
  ...SERVER_FAULTS,
  FULL_DISK,
  ...ASTERISK_FAULTS,
  ...CLIENT_FAULTS,
  ...BOX_FAULTS,
  ...FAILOVER_FAULTS,
  ...CLOCK_FAULTS,
].toSorted((a, b) => a.id.localeCompare(b.id));
