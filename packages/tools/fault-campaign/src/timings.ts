/**
 * What the workers of the campaign go by, in seconds: production's times. Whoever gives the workers shorter ones says so here:
 * the faults are timed by it.
 */
export const WORKER_TIMES = {
  lease: 6,
  /** Nobody adopts before its own renewals have succeeded for so long. */
  adoptAfter: 10,
} as const;
