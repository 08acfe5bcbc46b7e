import { asteriskTime } from './clock.js';
import type { Route } from './http-routes.js';
import { ok, refuse } from './replies.js';

/** What `/ari/asterisk` says about the machine. */
export interface Identity {
  /** The `asterisk_id` of every event; `entity_id` here. */
  readonly asteriskId: string;
  readonly version: string;
  /** When this Asterisk started, milliseconds since the epoch; a restart changes it. */
  readonly startedAt: () => number;
  readonly now: () => number;
}

/** Everything below `/ari/asterisk`. */
export function asteriskRoutes({ asteriskId, version, startedAt, now }: Identity): Route[] {
  function info(): Record<string, unknown> {
    const startup = asteriskTime(startedAt());
    return {
      build: {
        os: 'Linux',
        kernel: '6.12.0',
        machine: 'x86_64',
        options: 'OPTIONAL_API',
        date: '2026-10-20 12:00:00 UTC',
        user: 'nobody',
      },
      system: { version, entity_id: asteriskId },
      config: { name: '', default_language: 'en', setid: { user: '', group: '' } },
      status: { startup_time: startup, last_reload_time: startup },
    };
  }

  return [
    {
      method: 'GET',
      path: ['asterisk', 'ping'],
      kind: 'ping',
      answer: () => ok({ asterisk_id: asteriskId, ping: 'pong', timestamp: asteriskTime(now()) }),
    },
    {
      method: 'GET',
      path: ['asterisk', 'info'],
      kind: 'info',
      answer: ({ param }) => ok(only(info(), param('only'))),
    },
    {
      // Functions that look at a channel, DIALPLAN_EXISTS among them, give nothing without one.
      method: 'GET',
      path: ['asterisk', 'variable'],
      kind: 'get-global-variable',
      answer: ({ param }) => (param('variable') === '' ? refuse(400, 'Variable name is required') : ok({ value: '' })),
    },
  ];
}

/** The sections that `?only=status,system` names; all of them without it. */
function only(info: Record<string, unknown>, names: string): Record<string, unknown> {
  if (names === '') return info;
  const wanted = new Set(names.split(','));
  return Object.fromEntries(Object.entries(info).filter(([section]) => wanted.has(section)));
}
