import type { AriChannel } from './events.js';

/** Whether a channel waits in one of these ARI applications. Its `app_data` is the application's name, then arguments. */
export function isInApp(channel: AriChannel, isApp: (app: string) => boolean): boolean {
  return channel.dialplan.app_name === 'Stasis' && isApp(channel.dialplan.app_data.split(',')[0] ?? '');
}
