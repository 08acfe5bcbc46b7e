import type { Database, NewCall, Observation } from '@dialgate/database';
import { CALL_LIMIT_NAMES, type Call, type CallLimits, type NumberPolicy } from '@dialgate/domain';
import { v7 as uuidv7 } from 'uuid';

/** A call in mid-life, for pure decisions: pending unless said otherwise. */
export function someCall(overrides: Partial<Call> = {}): Call {
  const createdAt = new Date('2026-01-01T12:00:00.000Z');
  return {
    id: uuidv7(),
    userId: uuidv7(),
    phoneNumber: '+33100000001',
    status: 'pending',
    destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
    ringTimeoutMs: 30_000,
    callerId: null,
    variables: {},
    metadata: null,
    attempt: 0,
    channelId: null,
    claim: null,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 300_000),
    cancelRequestedAt: null,
    dialSentAt: null,
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    failureReason: null,
    hangupCause: null,
    sipStatus: null,
    hangupBy: null,
    erasedAt: null,
    ...overrides,
  };
}

/** A call as the API would hand it to the database. */
export function someNewCall(overrides: Partial<NewCall> & Pick<NewCall, 'userId'>): NewCall {
  const { phoneNumber = '+33100000001' } = overrides;
  return {
    id: uuidv7(),
    phoneNumber,
    counted: { number: phoneNumber, region: 'FR', own: {} },
    destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
    ringTimeoutMs: 30_000,
    callerId: null,
    variables: {},
    metadata: null,
    expiresInMs: 300_000,
    idempotency: null,
    ...overrides,
  };
}

/** The numbers that a fresh installation may call: international ones of every country. */
export const OPEN_NUMBERS: NumberPolicy = {
  validation: 'e164',
  endpoint: 'PJSIP/{number}@trunk',
  homeCountry: null,
  allowedCountries: [],
  allowedTypes: [],
  blockedPrefixes: [],
  allowedPrefixes: [],
  outsideLinePrefixes: null,
  allowedFeatureCodes: [],
};

/** No limit on accepted calls, in the words of the domain: for tests that place as many as they like. */
export const NO_LIMITS = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 0])) as CallLimits;

/** The same in those of the API's environment, with requests and refusals uncounted: for whatever starts an API. */
export const OPEN_LIMITS: Readonly<Record<string, string>> = {
  RATE_LIMIT_REQUESTS: '0',
  TOLL_FRAUD_BREAKER: '0',
  USER_MAX_CONCURRENT_CALLS: '0',
  USER_MAX_CALLS_PER_MINUTE: '0',
  USER_MAX_CALLS_PER_DAY: '0',
  USER_MAX_NEW_COUNTRIES_PER_DAY: '0',
  DESTINATION_MAX_PER_MINUTE: '0',
  DESTINATION_MAX_PER_15_MINUTES: '0',
  TOTAL_MAX_CONCURRENT_CALLS: '0',
  TOTAL_MAX_CALLS_PER_MINUTE: '0',
  TOTAL_MAX_CALLS_PER_DAY: '0',
};

/** Something that Asterisk said just now of a call's first attempt. */
export function someObservation(
  callId: string,
  event: Observation['event'],
  overrides: Partial<Observation> = {},
): Observation {
  return { callId, attempt: 1, event, source: 'asterisk', receivedAt: performance.now(), ...overrides };
}

/** A user who exists and cannot log in. @returns the user's id. */
export async function createUser(database: Database, role: 'admin' | 'operator' = 'operator'): Promise<string> {
  const username = `user-${uuidv7().slice(-12)}`;
  await database.users.save({ username, passwordHash: '!', role });
  const user = await database.users.findByUsername(username);
  if (user === null) throw new Error('a user vanished');
  return user.id;
}
