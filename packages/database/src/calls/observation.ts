import type { CallEvent, HungUp } from '@dialgate/domain';

/** Who says that something happened. */
export type Source = 'api' | 'worker' | 'asterisk' | 'sweep';

/** What only belongs into a call's timeline: it moves no call. */
export type TimelineEntry =
  | 'channel_created'
  | 'dial_began'
  | 'dial_ended'
  | 'entered_dialplan'
  | 'continued'
  /** The dialplan said something of the call: `results` of the detail, by name. */
  | 'result'
  | { readonly type: 'hangup_requested'; readonly by: NonNullable<HungUp['requestedBy']> };

/** What happened to a call. It is made once, where it was seen, and handed on to the writer of the row; only the
 * end of a call is completed on the way, with what was said of it before. */
export interface Observation {
  readonly callId: string;
  readonly attempt: number;
  readonly event: CallEvent | TimelineEntry;
  readonly source: Source;
  /**
   * When it was received or concluded, by `performance.now()` of this process. Of what came late: when it would have been
   * received in time.
   */
  readonly receivedAt: number;
  /** When Asterisk says that it happened, by its own clock. */
  readonly asteriskAt?: Date | null;
  /** What else the timeline should say. */
  readonly detail?: Readonly<Record<string, unknown>>;
}
