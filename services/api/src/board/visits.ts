import type { User } from '@dialgate/database';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { Audit } from '../audit/audit.js';
import { clientAddress } from '../middleware/client-address.js';

export type RecordVisit = (req: Request, user: User) => void;

/** A page of the board is a dozen requests, and asks again every few seconds. */
const ONE_VISIT_MS = 3_600_000;

const MAX_REMEMBERED = 1_000;

/** Writes a visit of the board into the audit trail: one an hour for each user and address. */
export function createVisits(audit: Audit): RecordVisit {
  const visits = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: ONE_VISIT_MS });
  return (req, user) => {
    const visitor = `${user.id} ${clientAddress(req) ?? ''}`;
    if (visits.has(visitor)) return;
    visits.set(visitor, true);
    audit.record(req, 'board_visited');
  };
}
