import { ENTRIES, NO_OWN_PERMISSIONS, type AllowList, type UserPermissions } from '@dialgate/domain';
import { UsageError } from '../cli-errors.js';

/** The options that give a user lists of their own. */
export const LISTS = {
  contexts: 'contexts',
  extensions: 'extensions',
  priorities: 'priorities',
  'caller-ids': 'callerIds',
  'webhook-hosts': 'webhookHosts',
} as const satisfies Record<string, keyof UserPermissions>;

/** The others would leave nothing to be called. */
const MAY_BE_EMPTY: ReadonlySet<keyof UserPermissions> = new Set(['callerIds', 'webhookHosts']);

/** Longer lists are kept otherwise; in entries. */
const MAX_ENTRIES = 1_000;

/** What `user allow` shall change. @throws UsageError */
export function ownLists(values: Readonly<Record<string, string | boolean | undefined>>): Partial<UserPermissions> {
  const given = Object.entries(LISTS).flatMap(([option, list]) => {
    const typed = values[option];
    return typeof typed === 'string' ? [[list, listOf(option, list, typed)] as const] : [];
  });
  if (values.default === true && given.length > 0)
    throw new UsageError('--default takes all lists back: say nothing else.');
  if (values.default === true) return NO_OWN_PERMISSIONS;
  if (given.length === 0) throw new UsageError('Say which list, or --default.');
  return Object.fromEntries(given);
}

function listOf(option: string, list: keyof UserPermissions, typed: string): AllowList | null {
  if (typed.trim() === 'default') return null;
  if (typed.trim() === 'none' && MAY_BE_EMPTY.has(list)) return [];
  const entries = typed
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const { pattern, rule } = ENTRIES[list];
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new UsageError(`--${option} wants 1 to ${MAX_ENTRIES} entries.`);
  if (!entries.every((entry) => pattern.test(entry))) throw new UsageError(`Each of --${option} ${rule}.`);
  return [...new Set(entries)];
}
