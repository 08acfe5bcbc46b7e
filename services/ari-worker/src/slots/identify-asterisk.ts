import type { Identity, Lease, Slots, WrongAsterisk } from '@dialgate/database';
import type { Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { AriReply } from '../ari/replies.js';
import type { AsteriskInfo } from '../ari/client.js';
import { refusalError } from './asterisk-obstacle.js';
import { versionVerdict } from './asterisk-version.js';

/**
 * Makes sure that a slot's Asterisk is the one that answers, and that it says enough of the ends of calls. At every connection: an
 * address may lead to another box than before.
 *
 * @returns what is wrong with it, or null.
 * @throws when it does not say who it is, or the database cannot be asked.
 */
export async function checkAsterisk({
  lease,
  ari,
  slots,
  log,
}: {
  readonly lease: Lease;
  readonly ari: Pick<AriClient, 'info'>;
  readonly slots: Pick<Slots, 'identify'>;
  readonly log: Logger;
}): Promise<WrongAsterisk | null> {
  const reply = await ari.info();
  const identity = identityIn(reply);
  if (identity === null) throw refusalError('Asterisk did not say who it is', reply, 'no_ari_asterisk');
  const fields = { app: lease.app, ...identity };
  if (!(await slots.identify(lease, identity))) {
    log.warn(fields, 'Another Asterisk answers');
    return 'other_asterisk';
  }
  const verdict = versionVerdict(identity.version);
  if (verdict === 'too_old') {
    log.error(fields, 'Asterisk is too old: 22.7, 23.1 or later is needed');
    return 'too_old';
  }
  log.info({ ...fields, verdict }, 'Asterisk identified');
  return null;
}

/** Who has answered, or null when the answer does not say it. */
export function identityIn(reply: AriReply<AsteriskInfo>): Identity | null {
  const { entity_id: entityId, version } = (reply.kind === 'ok' ? reply.body.system : undefined) ?? {};
  return entityId === undefined || entityId === '' || version === undefined ? null : { entityId, version };
}
