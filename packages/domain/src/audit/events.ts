/** Everything that is written into the audit trail, and what it means. */
export const AUDIT_EVENTS = {
  login_succeeded: 'Somebody logged in with the right password.',
  login_failed: 'Somebody tried a name and a password that do not belong together.',
  login_locked: 'Wrong logins have locked an address, an account, or both for a while.',
  token_issued: 'An access token was given out.',
  token_revoked: 'Access tokens were made void before their time.',
  key_created: 'An API key was made.',
  key_revoked: 'An API key was made void.',
  user_created: 'A user was added.',
  user_disabled: 'A user was switched off.',
  user_enabled: 'A user was switched on again.',
  user_suspended: 'The toll fraud breaker has stopped a user from placing calls.',
  user_suspension_lifted: 'A user who was suspended may place calls again.',
  user_permissions_changed:
    'A user got lists of their own: contexts, extensions, priorities, caller IDs or hosts of webhooks.',
  user_limits_changed: 'A user got limits of their own.',
  user_role_changed: 'A user got another role.',
  user_password_changed: 'A user got another password.',
  do_not_call_changed: 'Numbers were put on the do-not-call list, or taken off it.',
  webhook_created: 'An endpoint for webhooks was added.',
  webhook_changed: 'An endpoint for webhooks was changed, switched on or switched off.',
  webhook_deleted: 'An endpoint for webhooks was removed.',
  webhook_secret_rotated: 'An endpoint for webhooks got another secret.',
  call_webhook_secret_rotated: 'A user got a secret, or another, for the webhooks that their calls name.',
  webhook_replayed: 'Webhooks were asked for again.',
  call_refused: 'A request for a call was refused by a policy or a limit.',
  call_canceled: 'A call was asked to end.',
  board_visited:
    'An admin looked into the queues or at the page of recent calls; one entry an hour for each user and address.',
} as const;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

/** What a client can bring about as often as it likes; only so many entries a minute are written of these (`admitEntry`). */
const REPEATABLE: ReadonlySet<AuditEvent> = new Set([
  'login_succeeded',
  'login_failed',
  'login_locked',
  'token_issued',
  'token_revoked',
  'call_refused',
]);

export function isRepeatable(event: AuditEvent): boolean {
  return REPEATABLE.has(event);
}
