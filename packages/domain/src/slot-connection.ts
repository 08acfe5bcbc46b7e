/** How a worker's way to its Asterisk may stand. */
interface Meaning {
  /** What is wrong, for an operator; null when nothing is. @param asterisk what the Asterisk is called, or `an Asterisk`. */
  readonly problem: ((asterisk: string) => string) | null;
  /** The heading of docs/production-deployment.md that says how to mend it, as the address of a link has it. */
  readonly guide: string;
}

/**
 * What the holder of a slot says of its event socket, and of the Asterisk behind it. The words stand in `worker_slots.connection`
 * and have at most 20 characters.
 */
export const SLOT_CONNECTIONS = {
  connected: { problem: null, guide: 'when-something-is-wrong' },
  connecting: {
    problem: (asterisk) => `A worker is still connecting to ${asterisk}.`,
    guide: 'calls-stay-pending',
  },
  unreachable: {
    problem: (asterisk) => `A worker cannot reach ${asterisk}: calls wait.`,
    guide: 'calls-stay-pending',
  },
  closed: {
    problem: (asterisk) => `A worker has no event connection to ${asterisk}.`,
    guide: 'calls-stay-pending',
  },
  /** HTTP 401. */
  unauthorized: {
    problem: (asterisk) => `A worker is turned away by ${asterisk}: ARI_USERNAME or ARI_PASSWORD is wrong.`,
    guide: '401-from-ari',
  },
  /** HTTP 403: the user may look, and nothing else. */
  read_only: {
    problem: (asterisk) => `A worker may change nothing on ${asterisk}: its user has read_only = yes in ari.conf.`,
    guide: 'asterisk-refuses-the-worker',
  },
  no_ari_events: {
    problem: moduleIsMissing('res_ari_events.so'),
    guide: 'asterisk-refuses-the-worker',
  },
  no_ari_asterisk: {
    problem: moduleIsMissing('res_ari_asterisk.so'),
    guide: 'asterisk-refuses-the-worker',
  },
  no_ari_applications: {
    problem: moduleIsMissing('res_ari_applications.so'),
    guide: 'asterisk-refuses-the-worker',
  },
  no_ari_channels: {
    problem: moduleIsMissing('res_ari_channels.so'),
    guide: 'asterisk-refuses-the-worker',
  },
  /** The event socket is open, and whoever answers HTTP does not know its application. */
  foreign_application: {
    problem: (asterisk) =>
      `The Asterisk that answers HTTP at ${asterisk} does not know the application of the open event socket: the two lead to different ones.`,
    guide: 'asterisk-refuses-the-worker',
  },
  /** Another process opened the same application. */
  replaced: {
    problem: (asterisk) => `A worker has lost its application on ${asterisk} to another one.`,
    guide: 'a-worker-loses-its-slot',
  },
  other_asterisk: {
    problem: (asterisk) => `Another Asterisk answers where ${asterisk} was: its open calls are not followed.`,
    guide: 'calls-stay-pending',
  },
  too_old: {
    problem: (asterisk) =>
      `${capital(asterisk)} is too old: its calls' ends could only be guessed. 22.7, 23.1 or later is needed.`,
    guide: 'what-it-takes',
  },
} satisfies Readonly<Record<string, Meaning>>;

export type SlotConnection = keyof typeof SLOT_CONNECTIONS;

/** What Asterisk's answer to a request shows to be in the way, and goes on being so until somebody changes its configuration. */
export type AsteriskObstacle = Extract<
  SlotConnection,
  | 'unauthorized'
  | 'read_only'
  | 'no_ari_events'
  | 'no_ari_asterisk'
  | 'no_ari_applications'
  | 'no_ari_channels'
  | 'foreign_application'
>;

function moduleIsMissing(module: string): (asterisk: string) => string {
  return (asterisk) => `A worker cannot use ${asterisk}: ${module} is not loaded there.`;
}

/** A sentence that begins with a name. */
export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
