import { startAsteriskSimulator, type AsteriskSimulator, type LaidFault } from '@dialgate/asterisk-simulator';
import { setUpInstallation, type Installation, type Settings } from './installation.js';
import type { Servers } from './servers.js';
import type { Troubles } from './spans.js';
import { DIALPLAN } from './traffic.js';

/** An installation whose Asterisk is simulated, so that the truth about every call is known. */
export interface Stage extends Installation {
  readonly simulator: AsteriskSimulator;
  /** When it was restarted, in milliseconds since the epoch. */
  readonly restarts: readonly number[];
  /** The channels that were up when a worker that held them was killed. */
  readonly upAtDeath: ReadonlySet<string>;
}

const ACCOUNT = { username: 'gateway', password: 'simulator-secret' };

export async function setUpStage(options: {
  readonly name: string;
  readonly servers: Servers;
  readonly settings: Settings;
  readonly seed: number;
  readonly log: (line: string) => void;
}): Promise<Stage> {
  const bare = await startAsteriskSimulator({ ...ACCOUNT, dialplan: DIALPLAN, seed: options.seed });
  const upAtDeath = new Set<string>();
  const installation = await setUpInstallation({
    ...options,
    ari: { url: bare.ariUrl, ...ACCOUNT },
    onDeath: (apps) => {
      const live = bare.ledger.channels().filter(({ app, ended }) => ended === null && apps.includes(app));
      for (const { channelId, answeredAt } of live) if (answeredAt !== null) upAtDeath.add(channelId);
      return [...new Set(live.map(({ app }) => app))];
    },
  });
  const restarts: number[] = [];
  const simulator = noted(bare, installation.troubles, restarts);
  return {
    ...installation,
    simulator,
    restarts,
    upAtDeath,
    close: async () => {
      await installation.close();
      await simulator.close();
    },
  };
}

/** The same simulator, with its faults and restarts noted down. */
function noted(simulator: AsteriskSimulator, troubles: Troubles, restarts: number[]): AsteriskSimulator {
  const { faults } = simulator;
  const whileLaid = (laid: LaidFault): LaidFault => {
    const end = troubles.begin();
    return {
      ...laid,
      remove: () => {
        laid.remove();
        end();
      },
    };
  };
  return {
    ...simulator,
    restart: async (kind) => {
      const end = troubles.begin();
      restarts.push(Date.now());
      await simulator.restart(kind);
      end();
    },
    faults: {
      ...faults,
      onRequest: (rule) => whileLaid(faults.onRequest(rule)),
      onEvent: (rule) => whileLaid(faults.onEvent(rule)),
    },
  };
}
