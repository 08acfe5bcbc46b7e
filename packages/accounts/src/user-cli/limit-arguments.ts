import type { UserLimit } from '@dialgate/domain';
import { UsageError } from '../cli-errors.js';

/** Null takes the installation's limit, 0 sets none. */
export type LimitChanges = Readonly<Partial<Record<UserLimit, number | null>>>;

const LIMIT_OF_FLAG = {
  concurrent: 'user_open_calls',
  'per-minute': 'user_calls_per_minute',
  'per-day': 'user_calls_per_day',
  'new-countries': 'user_new_countries',
} as const satisfies Record<string, UserLimit>;

type LimitFlag = keyof typeof LIMIT_OF_FLAG;

export const LIMIT_FLAGS = Object.keys(LIMIT_OF_FLAG) as LimitFlag[];

/** The flags as `parseArgs` takes them. */
export const LIMIT_OPTIONS = {
  concurrent: { type: 'string' },
  'per-minute': { type: 'string' },
  'per-day': { type: 'string' },
  'new-countries': { type: 'string' },
} as const satisfies Record<LimitFlag, { readonly type: 'string' }>;

/** @throws UsageError */
export function limitsOf(values: Readonly<Partial<Record<LimitFlag, string>>>): LimitChanges {
  const flags = LIMIT_FLAGS.filter((flag) => values[flag] !== undefined);
  if (flags.length === 0) throw new UsageError('Say which limit to set.');
  return Object.fromEntries(
    flags.map((flag) => {
      const typed = values[flag] ?? '';
      if (typed !== 'default' && !/^[0-9]{1,7}$/.test(typed)) {
        throw new UsageError('A limit is a whole number of at most seven digits, or default.');
      }
      return [LIMIT_OF_FLAG[flag], typed === 'default' ? null : Number(typed)];
    }),
  );
}
