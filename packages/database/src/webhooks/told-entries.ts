import { ORDER_FINISHED_EVENT } from '@dialgate/domain';
import { Prisma } from '../client.js';

/** Whether endpoints are told of a timeline entry: of changes of a status, and of the end of an order. @param alias of its row. */
export function isTold(alias: 'e' | 's'): Prisma.Sql {
  return alias === 'e'
    ? Prisma.sql`(e.status IS NOT NULL OR e.event = 'order_finished')`
    : Prisma.sql`(s.status IS NOT NULL OR s.event = 'order_finished')`;
}

/** The type of what they are told of an entry `e`. */
export const TYPE = Prisma.sql`CASE WHEN e.status IS NULL THEN ${ORDER_FINISHED_EVENT}::text ELSE 'call.' || e.status END`;
