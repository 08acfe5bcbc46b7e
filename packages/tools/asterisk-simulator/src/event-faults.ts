import type { FaultRule, LaidFault } from './fault-rules.js';
import { createFaultRules } from './fault-rules.js';
import type { Random } from './random.js';

/** What may happen to an event on its way. Times are real milliseconds, like the reader's own. */
export type EventFault =
  | { readonly kind: 'drop' | 'duplicate' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Held until the next event of the same application has overtaken it, at most a second. */
  | { readonly kind: 'reorder' };

/** An event that is about to be sent to the socket of an application. */
export interface DepartingEvent {
  readonly application: string;
  /** The event but for `asterisk_id` and `application`. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The id of the channel an event is about, whether it is called `channel` or `peer`; null if it is about none. */
export function channelIdOf({ body }: DepartingEvent): string | null {
  const subject = body.channel ?? body.peer;
  if (typeof subject !== 'object' || subject === null || !('id' in subject)) return null;
  return typeof subject.id === 'string' ? subject.id : null;
}

/** Faults between Asterisk and the reader of its events. */
export interface EventFaults {
  lay(rule: FaultRule<DepartingEvent, EventFault>): LaidFault;
  any(): boolean;
  /** Sends the event, or does to it what the first matching fault says. Returns false when it was dropped. */
  pass(event: DepartingEvent, send: () => void): boolean;
  clear(): void;
}

/** No faults at first. */
export function createEventFaults(random: Random): EventFaults {
  const rules = createFaultRules<DepartingEvent, EventFault>(random);
  const held = new Map<string, () => void>();

  function sendThenRelease(application: string, send: () => void): void {
    send();
    const release = held.get(application);
    held.delete(application);
    release?.();
  }

  function holdBack(application: string, send: () => void): void {
    held.get(application)?.();
    const release = (): void => {
      clearTimeout(overtakenByNobody);
      if (held.get(application) === release) held.delete(application);
      send();
    };
    const overtakenByNobody = setTimeout(release, LONGEST_HOLD_MS);
    held.set(application, release);
  }

  return {
    lay: (rule) => rules.lay(rule),
    any: () => rules.any() || held.size > 0,
    clear: () => rules.clear(),
    pass(event, send) {
      const fault = rules.strike(event);
      switch (fault?.kind) {
        case 'drop':
          return false;
        case 'duplicate':
          send();
          sendThenRelease(event.application, send);
          return true;
        case 'delay':
          setTimeout(send, fault.ms);
          return true;
        case 'reorder':
          holdBack(event.application, send);
          return true;
        case undefined:
          sendThenRelease(event.application, send);
          return true;
      }
    },
  };
}

const LONGEST_HOLD_MS = 1_000;
