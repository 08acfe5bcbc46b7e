import {
  startAsteriskSimulator,
  type AsteriskSimulator,
  type ChannelRecord,
  type LaidFault,
} from '@dialgate/asterisk-simulator';
import { setUpInstallation, type Installation, type Settings } from './installation.js';
import type { Servers } from './servers.js';
import type { Troubles } from './spans.js';
import { DIALPLAN } from './traffic.js';

/** An installation whose Asterisks are simulated, so that the truth about every call is known. */
export interface Stage extends Installation {
  readonly simulator: AsteriskSimulator;
  /** All there are; `simulator` is the first. */
  readonly simulators: readonly AsteriskSimulator[];
  /** What happened to every callee, whichever of them rang. */
  readonly channels: () => readonly ChannelRecord[];
  readonly liveChannels: () => number;
  /** When one of them was restarted, in milliseconds since the epoch. */
  readonly restarts: readonly number[];
  /** The channels that were up when a worker that held them was killed. */
  readonly upAtDeath: ReadonlySet<string>;
}

const ACCOUNT = { username: 'gateway', password: 'simulator-secret' };

export async function setUpStage(options: {
  readonly name: string;
  readonly servers: Servers;
  readonly settings: Settings;
  /** How many Asterisks. */
  readonly asterisks: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}): Promise<Stage> {
  const bare = await Promise.all(
    Array.from({ length: options.asterisks }, (_, n) =>
      startAsteriskSimulator({
        ...ACCOUNT,
        dialplan: DIALPLAN,
        seed: options.seed + n,
        asteriskId: `02:fc:00:00:00:0${String(n + 1)}`,
      }),
    ),
  );
  const channels = (): readonly ChannelRecord[] => bare.flatMap(({ ledger }) => ledger.channels());
  const upAtDeath = new Set<string>();
  const installation = await setUpInstallation({
    ...options,
    asterisks: bare.map(({ ariUrl }, n) => ({ name: `asterisk-${String(n + 1)}`, url: ariUrl, ...ACCOUNT })),
    onDeath: (apps) => {
      const live = channels().filter(({ app, ended }) => ended === null && apps.includes(app));
      for (const { channelId, answeredAt } of live) if (answeredAt !== null) upAtDeath.add(channelId);
      return [...new Set(live.map(({ app }) => app))];
    },
  });
  const restarts: number[] = [];
  const simulators = bare.map((each) => noted(each, installation.troubles, restarts));
  const [simulator] = simulators;
  if (simulator === undefined) throw new Error('there is no Asterisk');
  return {
    ...installation,
    simulator,
    simulators,
    channels,
    liveChannels: () => bare.reduce((live, each) => live + each.liveChannels(), 0),
    restarts,
    upAtDeath,
    close: async () => {
      await installation.close();
      await Promise.all(bare.map((each) => each.close()));
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
