import type { AuditActor, AuditDetail, AuditEvent, AuditSubject } from '@dialgate/domain';
import type { Request } from 'express';
import { clientAddress } from '../middleware/client-address.js';
import { localsOf } from '../middleware/locals.js';
import type { AddEntry } from './trail.js';

/** What an entry says beside its event and the request that brought it about. */
export interface About {
  /** The user whom the request's token names, if absent. */
  readonly actor?: AuditActor | null;
  readonly subject?: AuditSubject | null;
  /** Never a secret and never a whole phone number. */
  readonly detail?: AuditDetail;
}

export interface Audit {
  /** Writes down what a request did, behind its answer. Never fails and never waits. */
  readonly record: (req: Request, event: AuditEvent, about?: About) => void;
}

export function createAudit(add: AddEntry): Audit {
  return {
    record: (req, event, { actor = actorOf(req), subject = null, detail = {} }: About = {}) => {
      const { requestId = null, bearer } = req.res === undefined ? {} : localsOf(req.res);
      const byKey = bearer?.key ? { api_key: bearer.key.id } : {};
      const address = clientAddress(req) ?? null;
      add({ event, source: 'api', actor, subject, address, requestId, detail: { ...byKey, ...detail } });
    },
  };
}

function actorOf({ res }: Request): AuditActor | null {
  const user = res === undefined ? undefined : localsOf(res).user;
  return user === undefined ? null : { id: user.id, name: user.username };
}
