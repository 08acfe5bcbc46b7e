/** Asterisk's `cause_txt` for a Q.850 cause; a number it does not know (200, say) reads "Unknown". */
export function causeText(cause: number): string {
  return CAUSE_TEXT[cause] ?? 'Unknown';
}

/** The Q.850 cause Asterisk gives a final SIP response to an INVITE (measured; 127 for all that have no row). */
export function causeOfSipStatus(sipStatus: number): number {
  return CAUSE_OF_SIP_STATUS[sipStatus] ?? 127;
}

/**
 * The SIP status that chan_pjsip reports as `tech_cause` when Asterisk itself ends a call with this cause.
 * Null for causes that have none (16, 26, …): then the event carries no `tech_cause` at all.
 */
export function sipStatusOfCause(cause: number): number | null {
  return SIP_STATUS_OF_CAUSE[cause] ?? null;
}

/** The words `DELETE /channels/{id}?reason=` takes, and the cause each of them sets. */
export const DELETE_REASONS: Readonly<Partial<Record<string, number>>> = {
  normal: 16,
  busy: 17,
  timeout: 18,
  no_answer: 19,
  rejected: 21,
  answered_elsewhere: 26,
  congestion: 34,
  failure: 38,
};

/** `ChannelHangupRequest` carries this where Asterisk itself asks: a soft hangup flag, not a Q.850 cause. */
export const SOFT_HANGUP_EXPLICIT = 32;

/** The flag of a hangup that Asterisk's own shutdown asks for. */
export const SOFT_HANGUP_SHUTDOWN = 4;

const CAUSE_TEXT: Readonly<Partial<Record<number, string>>> = {
  1: 'Unallocated (unassigned) number',
  2: 'No route to specified transmit network',
  3: 'No route to destination',
  5: 'Misdialled trunk prefix',
  16: 'Normal Clearing',
  17: 'User busy',
  18: 'No user responding',
  19: 'User alerting, no answer',
  20: 'Subscriber absent',
  21: 'Call Rejected',
  22: 'Number changed',
  23: 'Redirected to new destination',
  26: 'Answered elsewhere',
  27: 'Destination out of order',
  28: 'Invalid number format',
  29: 'Facility rejected',
  31: 'Normal, unspecified',
  34: 'Circuit/channel congestion',
  38: 'Network out of order',
  41: 'Temporary failure',
  42: 'Switching equipment congestion',
  44: 'Requested channel not available',
  50: 'Facility not subscribed',
  52: 'Outgoing call barred',
  57: 'Bearer capability not authorized',
  58: 'Bearer capability not available',
  65: 'Bearer capability not implemented',
  66: 'Channel not implemented',
  69: 'Facility not implemented',
  88: 'Incompatible destination',
  95: 'Invalid message unspecified',
  102: 'Recover on timer expiry',
  111: 'Protocol error, unspecified',
  127: 'Interworking, unspecified',
};

const CAUSE_OF_SIP_STATUS: Readonly<Partial<Record<number, number>>> = {
  302: 23,
  401: 21,
  403: 21,
  404: 1,
  407: 21,
  408: 18,
  410: 22,
  480: 19,
  483: 19,
  484: 28,
  486: 17,
  488: 58,
  500: 38,
  501: 29,
  502: 27,
  503: 34,
  504: 102,
  600: 17,
  603: 21,
  604: 1,
  606: 58,
};

const SIP_STATUS_OF_CAUSE: Readonly<Partial<Record<number, number>>> = {
  1: 404,
  2: 404,
  3: 404,
  17: 486,
  18: 408,
  19: 480,
  20: 480,
  21: 403,
  22: 410,
  27: 502,
  28: 484,
  29: 501,
  31: 480,
  34: 503,
  38: 500,
  42: 503,
  58: 488,
  66: 503,
  127: 500,
};
