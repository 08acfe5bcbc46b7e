import type { Database, NewCall, Observation, Standing } from '@dialgate/database';
import {
  ANYTHING,
  CALL_LIMIT_NAMES,
  NO_OWN_PERMISSIONS,
  type AdmissionFacts,
  type AdmissionPolicy,
  type Call,
  type CallLimits,
  type NumberPolicy,
} from '@dialgate/domain';
import { v7 as uuidv7 } from 'uuid';

/** What the holder of a slot that is in order says with each renewal. */
export const FOLLOWING: Standing = { connection: 'connected', follows: true, breaker: 'closed', answeredRate: null };

/** A call in mid-life, for pure decisions: pending unless said otherwise. */
export function someCall(overrides: Partial<Call> = {}): Call {
  const createdAt = new Date('2026-01-01T12:00:00.000Z');
  return {
    id: uuidv7(),
    userId: uuidv7(),
    phoneNumber: '+33100000001',
    status: 'pending',
    destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
    connectTo: null,
    ringTimeoutMs: 30_000,
    callerId: null,
    variables: {},
    metadata: null,
    attempt: 0,
    channelId: null,
    claim: null,
    createdAt,
    notBefore: null,
    callingWindow: null,
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
    order: null,
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
    counted: { number: phoneNumber, region: 'FR', own: {}, second: null },
    destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
    connectTo: null,
    ringTimeoutMs: 30_000,
    callerId: null,
    variables: {},
    metadata: null,
    notBefore: null,
    callingWindow: null,
    expiresInMs: 300_000,
    retry: null,
    hook: null,
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

/** What a call may be where nothing but a number is forbidden. */
export const OPEN_ADMISSION: AdmissionPolicy = {
  numbers: OPEN_NUMBERS,
  contexts: [ANYTHING],
  extensions: [ANYTHING],
  priorities: [ANYTHING],
  callerIds: [ANYTHING],
  variables: [],
  connect: null,
  window: null,
};

/** The same as environment variables, as far as they can say it: contexts are always named. */
export const OPEN_POLICY = {
  ALLOWED_CONTEXTS: 'outbound-ivr,sales,nowhere',
  ALLOWED_EXTENSIONS: ANYTHING,
  ALLOWED_PRIORITIES: ANYTHING,
  ALLOWED_CALLER_IDS: ANYTHING,
} as const;

/** What the database says of a call to which nothing stands in the way, at this moment. */
export function someAdmissionFacts(overrides: Partial<AdmissionFacts> = {}): AdmissionFacts {
  return {
    permissions: NO_OWN_PERMISSIONS,
    onDoNotCallList: false,
    at: new Date('2026-01-01T12:00:00.000Z'),
    ...overrides,
  };
}

/** Settings of a calling window that opens in two hours in UTC, where the number is at home, for half an hour at least. */
export function windowThatIsClosed(): { readonly settings: Record<string, string>; readonly number: string } {
  const clock = (inHours: number): string => new Date(Date.now() + inHours * 3_600_000).toISOString().slice(11, 16);
  const [from, to] = [clock(2), clock(2.5)];
  const settings = { CALLING_WINDOW: `${from}-${from < to ? to : '24:00'}`, HOME_TIME_ZONE: 'UTC' };
  return { settings, number: '+2250123456789' }; // Abidjan has UTC all the year.
}

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
