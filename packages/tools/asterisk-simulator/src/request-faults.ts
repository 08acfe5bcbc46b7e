import type { FaultRule, FaultRules, LaidFault } from './fault-rules.js';
import { createFaultRules } from './fault-rules.js';
import type { Random } from './random.js';

/** The requests that routes exist for, by what they ask. `unknown`: no such path or method. */
export type RequestKind =
  | 'originate'
  | 'create'
  | 'dial'
  | 'continue'
  | 'hang-up'
  | 'list-channels'
  | 'get-channel'
  | 'get-variable'
  | 'set-variable'
  | 'list-applications'
  | 'get-application'
  | 'set-event-filter'
  | 'subscribe'
  | 'unsubscribe'
  | 'ping'
  | 'info'
  | 'get-global-variable'
  | 'open-events'
  | 'unknown';

/** A request as a fault's predicate sees it. */
export interface FaultyRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  /** The channel id in its path or parameters, if it names one. */
  readonly channelId: string | null;
  /** A parameter of its query or body (`endpoint`, `app`, `timeout`, …); '' if it has none by that name. */
  readonly param: (name: string) => string;
}

/** What may go wrong with a request. Times are real milliseconds, like the client's own timeouts. */
export type RequestFault =
  /** Not executed; answered with this. `html` sends a page instead of JSON. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: unknown; readonly html?: string }
  /** Executed `ms` late, then answered. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Executed at once, answered `ms` late. */
  | { readonly kind: 'slow-reply'; readonly ms: number }
  /** Executed, but the connection is dropped without a reply. */
  | { readonly kind: 'lose-reply' }
  /** Not executed; the connection is dropped. */
  | { readonly kind: 'drop' }
  /** Never answered; executed or not. */
  | { readonly kind: 'hang'; readonly executed: boolean };

/** A fault for requests of one kind, or of any if none is named; `when` narrows it further. */
export interface RequestFaultRule extends FaultRule<FaultyRequest, RequestFault> {
  readonly request?: RequestKind;
}

/** Faults of HTTP requests. */
export interface RequestFaults {
  lay(rule: RequestFaultRule): LaidFault;
  strike: FaultRules<FaultyRequest, RequestFault>['strike'];
  clear(): void;
}

/** No faults at first. */
export function createRequestFaults(random: Random): RequestFaults {
  const rules = createFaultRules<FaultyRequest, RequestFault>(random);
  return {
    lay: ({ request, when, ...rule }) =>
      rules.lay({
        ...rule,
        when: (asked) => (request === undefined || asked.kind === request) && (when === undefined || when(asked)),
      }),
    strike: (asked) => (rules.any() ? rules.strike(asked) : null),
    clear: () => rules.clear(),
  };
}
