import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStackError } from './errors.js';

/** The values of the placeholders in docker/asterisk (its README says what each means). */
export type AsteriskSettings = Record<
  | 'ETC_DIRECTORY'
  | 'MODULES_DIRECTORY'
  | 'DATA_DIRECTORY'
  | 'STATE_DIRECTORY'
  | 'ENTITY_ID'
  | 'ARI_ADDRESS'
  | 'ARI_PORT'
  | 'ARI_USERNAME'
  | 'ARI_PASSWORD'
  | 'SIP_ADDRESS'
  | 'SIP_PORT'
  | 'TRUNK_ADDRESS'
  | 'TRUNK_PORT'
  | 'DEAD_PORT'
  | 'TIMER_T1_MS'
  | 'TIMER_B_MS',
  string
>;

/**
 * SIP's timers for a wanted timer B. Asterisk takes no timer B below 64 times T1, nor a T1 below 100 ms: 6.4 s is the shortest.
 */
export function sipTimers(timerBMs: number): { TIMER_T1_MS: string; TIMER_B_MS: string } {
  const t1 = Math.min(500, Math.max(100, Math.floor(timerBMs / 64)));
  return { TIMER_T1_MS: String(t1), TIMER_B_MS: String(Math.max(timerBMs, 64 * t1)) };
}

/** Writes the configuration, filled in, to `settings.ETC_DIRECTORY`. Only we can read it: a password is in it. */
export function writeAsteriskConfig(templates: string, settings: AsteriskSettings): void {
  const into = settings.ETC_DIRECTORY;
  mkdirSync(into, { recursive: true, mode: 0o700 });
  for (const file of readdirSync(templates).filter((name) => name.endsWith('.conf'))) {
    writeFileSync(join(into, file), fillIn(readFileSync(join(templates, file), 'utf8'), settings), { mode: 0o600 });
  }
}

/** Puts values in the place of `{{NAME}}`; a name without a value is an error. */
export function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new LocalStackError(`no value for ${placeholder} in the configuration of Asterisk`);
    return value;
  });
}
