import type { AriChannel } from './events.js';

/** The ARI application that a channel waits in, or null. Its `app_data` is the application's name, then arguments. */
export function appOf({ dialplan }: AriChannel): string | null {
  return dialplan.app_name === 'Stasis' ? (dialplan.app_data.split(',')[0] ?? '') : null;
}

/** Whether a channel waits in one of these ARI applications. */
export function isInApp(channel: AriChannel, isApp: (app: string) => boolean): boolean {
  const app = appOf(channel);
  return app !== null && isApp(app);
}
