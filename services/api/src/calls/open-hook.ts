import type { CallHook, HookStanding, Webhooks } from '@dialgate/database';
import type { DialgateError, Refusal } from '@dialgate/domain';
import { refusal } from './refusal.js';
import type { WantedCall } from './judge-call.js';

/** Where a call is reported to that says it itself; null for one that does not. Or why it may not. */
export type OpenHook = (wanted: WantedCall) => Promise<CallHook | DialgateError | null>;

interface Deps {
  readonly webhooks: Pick<Webhooks, 'hookStanding' | 'openHookHost'>;
  /** To how many hosts the calls of a user may be reported. */
  readonly hostsPerUser: number;
}

/**
 * Finds or makes the endpoint that stands for the host of a `webhook_url`. Without a secret to sign with nothing is accepted:
 * whoever gets such a report could not tell whose it is.
 */
export function createOpenHook({ webhooks, hostsPerUser }: Deps): OpenHook {
  return async (wanted) => {
    const { webhook_url: url } = wanted.options;
    if (url === undefined) return null;
    const { origin } = new URL(url);
    const standing = await webhooks.hookStanding(wanted.userId, origin);
    const inTheWay = hookRefusal(standing, hostsPerUser);
    if (inTheWay !== null) return refused(inTheWay, wanted);
    if (standing.endpointId !== null && !standing.failing) return { url, endpointId: standing.endpointId };
    const endpointId = await webhooks.openHookHost(wanted.userId, origin, hostsPerUser);
    return endpointId === null ? refused('webhook_hosts_reached', wanted) : { url, endpointId };
  };
}

/** What would keep a call from being reported where it says, or null; for those who ask before they call. */
export function createCheckHook({
  webhooks,
  hostsPerUser,
}: Deps): (wanted: WantedCall) => Promise<DialgateError | null> {
  return async (wanted) => {
    const { webhook_url: url } = wanted.options;
    if (url === undefined) return null;
    const inTheWay = hookRefusal(await webhooks.hookStanding(wanted.userId, new URL(url).origin), hostsPerUser);
    return inTheWay === null ? null : refused(inTheWay, wanted);
  };
}

function hookRefusal({ hasSecret, endpointId, hosts }: HookStanding, hostsPerUser: number): Refusal | null {
  if (!hasSecret) return 'webhook_secret_missing';
  return endpointId === null && hosts >= hostsPerUser ? 'webhook_hosts_reached' : null;
}

function refused(code: Refusal, { number, body }: WantedCall): DialgateError {
  return refusal({ verdict: 'refused', refusal: code }, number.field, body);
}
