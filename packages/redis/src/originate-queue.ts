import type { JobsOptions } from 'bullmq';

/** The one queue: calls that wait to be dialled. */
export const ORIGINATE_QUEUE = 'originate';

/** A job is a nudge. It carries nothing but the call's id; the row knows the rest. */
export interface OriginateJob {
  readonly callId: string;
}

/**
 * The job's id is the call's, so that a call has one job at a time. A kept finished job would silently swallow a later
 * one of the same id, and a retry belongs to the row's `next_enqueue_at`: hence nothing is kept and nothing repeated.
 */
export function originateJob(callId: string): { name: string; data: OriginateJob; opts: JobsOptions } {
  return {
    name: ORIGINATE_QUEUE,
    data: { callId },
    opts: { jobId: callId, attempts: 1, removeOnComplete: true, removeOnFail: true },
  };
}

/**
 * First part of every key of an installation. The braces are a hash tag: in a cluster all of its keys are on one node, as the
 * queue's scripts and all else that touches several keys require.
 *
 * @param prefix QUEUE_PREFIX
 */
export function keyPrefix(prefix: string): string {
  return `{${prefix}}`;
}
