import type { Database, NewCall, Observation } from '@dialgate/database';
import type { Call, NumberPolicy } from '@dialgate/domain';
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
    ...overrides,
  };
}

/** A call as the API would hand it to the database. */
export function someNewCall(overrides: Partial<NewCall> & Pick<NewCall, 'userId'>): NewCall {
  return {
    id: uuidv7(),
    phoneNumber: '+33100000001',
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
