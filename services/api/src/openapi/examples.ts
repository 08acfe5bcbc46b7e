import { acceptedView } from '@dialgate/domain';
import { API_BASE } from '../paths.js';
import { answerSchemas } from './answers.js';

export const NUMBER = '+33123456789';
export const CALL_ID = '019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b';
export const REQUEST_ID = '019b0c1e-7a52-7c3d-9e4f-5a6b7c8d9e0f';

const said = {
  context: 'outbound-ivr',
  timeout: 30_000,
  caller_id: '"Support" <+33199999999>',
  variables: { customer_id: '42' },
  metadata: { order: 4711 },
};

export const OPTIONS = { context: { summary: 'With options', value: said } };
export const REQUEST = { call: { value: { phone_number: NUMBER, ...said } } };

const accepted = acceptedView({ id: CALL_ID, phoneNumber: NUMBER, createdAt: new Date('2026-01-15T09:30:00.123Z') });
export const ACCEPTED = { accepted: { value: accepted } };

export const BATCH_REQUEST = {
  batch: { value: { calls: [{ phone_number: NUMBER, idempotency_key: 'order-4711' }, { phone_number: '112' }] } },
};

const refused = {
  type: 'urn:dialgate:problem:emergency_number',
  title: 'Emergency number',
  family: 'destination_refused',
  status: 422,
  detail: 'Emergency numbers are never called.',
  instance: `${API_BASE}/calls/batch`,
  code: 'emergency_number',
  request_id: REQUEST_ID,
  errors: [{ field: 'body.calls.1.phone_number', problem: 'Emergency numbers are never called.' }],
};

export const BATCH = {
  batch: {
    value: {
      accepted: 1,
      refused: 1,
      results: [
        { status: 202, call: accepted, replayed: false, problem: null, retry_after: null },
        { status: 422, call: null, replayed: false, problem: refused, retry_after: null },
      ],
    },
  },
};

export const CALL_STATS = {
  hour: {
    value: {
      since: '2026-01-15T09:30:00.000Z',
      total: 120,
      truncated: false,
      by_status: { completed: 80, busy: 12, no_answer: 20, failed: 6, ringing: 2 },
      by_failure_reason: { invalid_number: 6 },
      answer_ratio: 0.678,
      average_duration_seconds: 41.5,
      queue: { waiting: 3, oldest_waiting_seconds: 1 },
    },
  },
};

export const STREAM_TICKET = {
  ticket: { value: { ticket: 'dgs_kPq3XyV0bT9sZ1mRf8LwCj5hNd2uGe7oAi4KxWzYtB6', expires_in: 30 } },
};

export const TIMELINE = {
  beginning: {
    value: {
      call_id: CALL_ID,
      data: [
        {
          id: '4711',
          event: 'created',
          status: 'pending',
          at: '2026-01-15T09:30:00.123Z',
          asterisk_at: null,
          source: 'api',
          detail: {},
        },
        {
          id: '4712',
          event: 'claimed',
          status: null,
          at: '2026-01-15T09:30:00.131Z',
          asterisk_at: null,
          source: 'worker',
          detail: { attempt: 1, slot: 1 },
        },
      ],
      next_cursor: null,
    },
  },
};

export const CHECK = {
  acceptable: {
    value: {
      acceptable: true,
      phone_number: NUMBER,
      number: NUMBER,
      country: 'FR',
      not_before: null,
      status: 202,
      problem: null,
      retry_after: null,
    },
  },
};

const pending = {
  // What has not come yet is null.
  ...Object.fromEntries(Object.keys(answerSchemas.Call.properties).map((field) => [field, null])),
  call_id: CALL_ID,
  phone_number: NUMBER,
  status: accepted.status,
  context: said.context,
  extension: 's',
  priority: 1,
  caller_id: said.caller_id,
  created_at: accepted.created_at,
  attempt_number: 1,
  is_active: true,
  is_completed: false,
  metadata: said.metadata,
  results: {},
  try_number: 1,
};

const dialed = { ...pending, channel: `${CALL_ID}.1`, dialed_at: '2026-01-15T09:30:00.171Z' };
const over = { ...dialed, is_active: false, is_completed: true };

export const PENDING_CALL = { pending: { summary: 'Waits to be dialled', value: pending } };

/** Calls in several states. */
export const CALLS = {
  completed: {
    summary: 'Answered, and over',
    value: {
      ...over,
      status: 'completed',
      ringing_at: '2026-01-15T09:30:01.902Z',
      answered_at: '2026-01-15T09:30:07.455Z',
      ended_at: '2026-01-15T09:30:49.031Z',
      duration: 41,
      hangup_cause: 16,
      hangup_cause_text: 'Normal call clearing',
      hangup_by: 'callee',
      results: { AMDSTATUS: 'HUMAN', choice: '1' },
    },
  },
  ...PENDING_CALL,
  failed: {
    summary: 'The number does not exist',
    value: {
      ...over,
      status: 'failed',
      ended_at: '2026-01-15T09:30:01.010Z',
      failure_reason: 'invalid_number',
      hangup_cause: 1,
      hangup_cause_text: 'Unallocated (unassigned) number',
      sip_status: 404,
      hangup_by: 'unknown',
    },
  },
};

const inNoQueue = ({ summary, value }: (typeof CALLS)['completed' | 'failed']) => ({
  summary,
  value: { ...value, queue: null },
});

/** The same, asked for by their id. */
export const CURRENT_CALLS = {
  completed: inNoQueue(CALLS.completed),
  pending: {
    ...CALLS.pending,
    value: { ...pending, queue: { position: 3, estimated_start: '2026-01-15T09:30:01.500Z' } },
  },
  failed: inNoQueue(CALLS.failed),
};

export const CALL_PAGE = { page: { value: { data: [CALLS.completed.value], next_cursor: null } } };
