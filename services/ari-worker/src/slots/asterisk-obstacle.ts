import type { AsteriskObstacle } from '@dialgate/domain';
import type { AriReply } from '../ari/replies.js';

/** A request failed for a reason that an operator can mend; which one is told in /health. */
export class ObstacleError extends Error {
  override readonly name = 'ObstacleError';

  constructor(
    message: string,
    readonly obstacle: AsteriskObstacle,
  ) {
    super(message);
  }
}

/**
 * What a reply shows to be in the way. Pure.
 *
 * @param without what a resource that does not exist means: the module that has it is not loaded.
 * @returns null for whatever may pass by itself.
 */
export function obstacleIn(reply: AriReply, without: AsteriskObstacle): AsteriskObstacle | null {
  if (reply.kind === 'not_reached' && reply.why === 'unauthorized') return 'unauthorized';
  if (reply.kind === 'not_reached' && reply.why === 'forbidden') return 'read_only';
  return reply.kind === 'refused' && reply.status === 404 ? without : null;
}

/** What to throw for a reply that is not the one that was needed. */
export function refusalError(message: string, reply: AriReply, without: AsteriskObstacle): Error {
  const obstacle = obstacleIn(reply, without);
  const text = `${message}: ${reply.kind}`;
  return obstacle === null ? new Error(text) : new ObstacleError(text, obstacle);
}
