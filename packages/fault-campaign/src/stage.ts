import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { setUpInstallation, type Installation, type Settings } from './installation.js';
import type { Servers } from './servers.js';
import { DIALPLAN } from './traffic.js';

/** An installation whose Asterisk is simulated, so that the truth about every call is known. */
export interface Stage extends Installation {
  readonly simulator: AsteriskSimulator;
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
  const installation = await setUpInstallation({
    ...options,
    ari: { url: simulator.ariUrl, ...ACCOUNT },
    hasCalls: (app) => simulator.ledger.channels().some((channel) => channel.app === app && channel.ended === null),
  });
  return {
    ...installation,
    simulator,
    close: async () => {
      await installation.close();
      await simulator.close();
    },
  };
}
