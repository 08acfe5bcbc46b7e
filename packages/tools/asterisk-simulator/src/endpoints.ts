import type { FarEnd } from './callees.js';
import { calleeOf, silence } from './callees.js';
import { localCallee, throughLocal } from './local-callees.js';
import type { Random } from './random.js';

/** What a PJSIP endpoint does: reaches its callees, has a contact nobody listens on, or has no contact at all. */
export type TrunkKind = 'works' | 'dead' | 'no-contact';

/** What the extensions of a context reachable as `Local/<x>@<context>` are. */
export type LocalContextKind = 'test' | 'trunk';

/** Everything that may be dialled. */
export interface Directory {
  readonly trunks: Readonly<Record<string, TrunkKind>>;
  readonly localContexts: Readonly<Record<string, LocalContextKind>>;
  /** SIP timer B in simulated milliseconds: how long a silent or closed port is tried. */
  readonly timerBMs: number;
  readonly random: Random;
}

/** An endpoint that can be requested, as `POST /channels/create` names it. */
export interface Endpoint {
  readonly technology: 'PJSIP' | 'Local';
  /** The channel's name before its number: `PJSIP/trunk`, `Local/busy@test`. */
  readonly name: string;
  /** What stands behind the technology, as the first Dial event repeats it. */
  readonly dialString: string;
  /** The called number, or the extension of a Local channel. Empty if the endpoint names none. */
  readonly number: string;
  /** Where the channel stands in the dialplan before it enters an application. */
  readonly context: string;
  readonly extension: string;
  readonly farEnd: FarEnd;
}

/**
 * Looks an endpoint up as Asterisk does. `invalid`: not of the form technology/resource; `refused`: unknown technology,
 * unknown endpoint or no contact, which ARI answers with 500 "Allocation failed".
 */
export function lookUpEndpoint(text: string, directory: Directory): Endpoint | 'invalid' | 'refused' {
  const slash = text.indexOf('/');
  const technology = text.slice(0, Math.max(slash, 0));
  const resource = text.slice(slash + 1);
  if (technology === '' || resource === '') return 'invalid';

  if (technology.toUpperCase() === 'PJSIP') return pjsipEndpoint(resource, directory);
  if (technology.toUpperCase() === 'LOCAL') return localEndpoint(resource, directory);
  return 'refused';
}

function pjsipEndpoint(resource: string, { trunks, timerBMs, random }: Directory): Endpoint | 'refused' {
  const { trunk, number } = pjsipTarget(resource);
  const kind = Object.hasOwn(trunks, trunk) ? trunks[trunk] : undefined;
  // An `&` would fork in Dial(), but a channel is requested for one endpoint only.
  if (kind === undefined || kind === 'no-contact' || resource.includes('&')) return 'refused';

  return {
    technology: 'PJSIP',
    name: `PJSIP/${trunk}`,
    dialString: resource,
    number,
    context: 'from-trunk',
    extension: 's',
    farEnd: kind === 'dead' ? silence(timerBMs) : calleeOf(number, { timerBMs, random }),
  };
}

/** `number@endpoint`, `endpoint/uri` or `endpoint`; a `/` wins, which is why numbers must never come with one. */
function pjsipTarget(resource: string): { trunk: string; number: string } {
  const slash = resource.indexOf('/');
  if (slash >= 0) return { trunk: resource.slice(0, slash), number: resource.slice(slash + 1) };

  const at = resource.indexOf('@');
  if (at >= 0) return { trunk: resource.slice(at + 1), number: resource.slice(0, at) };

  return { trunk: resource, number: '' };
}

function localEndpoint(resource: string, directory: Directory): Endpoint {
  const target = resource.split('/')[0] ?? resource; // without options such as /n
  const at = target.indexOf('@');
  const extension = at < 0 ? target : target.slice(0, at);
  const context = at < 0 ? 'default' : target.slice(at + 1);

  return {
    technology: 'Local',
    name: `Local/${extension}@${context}`,
    dialString: resource,
    number: extension,
    context,
    extension,
    farEnd: localFarEnd(extension, context, directory),
  };
}

function localFarEnd(extension: string, context: string, { localContexts, timerBMs, random }: Directory): FarEnd {
  const kind = Object.hasOwn(localContexts, context) ? localContexts[context] : undefined;
  if (kind === 'trunk') return throughLocal(calleeOf(extension, { timerBMs, random }));
  return localCallee(kind === 'test' ? extension : '');
}
