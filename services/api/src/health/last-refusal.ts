import { writeRefusal, type Calls, type WriteRefusal } from '@dialgate/database';

/** How long a refused call stands for those to come, in milliseconds: after that nobody knows, and the next call tells. */
const BELIEVED_MS = 60_000;

/**
 * These calls, and whether PostgreSQL's disk was too full for the last of them: that is learned by
 * writing only, all else by asking.
 */
export function rememberLastRefusal(
  calls: Pick<Calls, 'create' | 'earlier'>,
  now: () => number = () => performance.now(),
): { readonly remembered: typeof calls; readonly lastRefusal: () => WriteRefusal | null } {
  let fullAt: number | null = null;

  const create: Calls['create'] = async (call) => {
    try {
      const created = await calls.create(call);
      fullAt = null;
      return created;
    } catch (error) {
      if (writeRefusal(error) === 'disk_full') fullAt = now();
      throw error;
    }
  };

  return {
    remembered: { create, earlier: calls.earlier },
    lastRefusal: () => (fullAt !== null && now() - fullAt < BELIEVED_MS ? 'disk_full' : null),
  };
}
