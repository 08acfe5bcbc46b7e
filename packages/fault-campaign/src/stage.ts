import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { setUpInstallation, type Installation, type Settings } from './installation.js';
import type { Servers } from './servers.js';
import { DIALPLAN } from './traffic.js';

/** An installation whose Asterisk is simulated, so that the truth about every call is known. */
export interface Stage extends Installation {
  readonly simulator: AsteriskSimulator;
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
  const simulator = await startAsteriskSimulator({ ...ACCOUNT, dialplan: DIALPLAN, seed: options.seed });
  const upAtDeath = new Set<string>();
  const installation = await setUpInstallation({
    ...options,
    ari: { url: simulator.ariUrl, ...ACCOUNT },
    onDeath: (apps) => {
      const live = simulator.ledger.channels().filter(({ app, ended }) => ended === null && apps.includes(app));
      for (const { channelId, answeredAt } of live) if (answeredAt !== null) upAtDeath.add(channelId);
      return [...new Set(live.map(({ app }) => app))];
    },
  });
  return {
    ...installation,
    simulator,
    upAtDeath,
    close: async () => {
      await installation.close();
      await simulator.close();
    },
  };
}
