import { mutantsOf } from './mutants-of.js';

const SAID = 'services/api/test/call-webhooks.integration.test.ts';
const SENT = 'services/webhook-worker/test/delivery.integration.test.ts';
const OPEN = 'services/api/src/calls/open-hook.ts';
const HOSTS = 'packages/database/src/webhooks/call-hooks.ts';
const DUE = 'packages/database/src/webhooks/deliveries.ts';

const SERVERS = 'packages/tools/local-stack/test/webhooks-servers.integration.test.ts';

/** Clients are told at least once, whatever is killed. */
export const WEBHOOKS = mutantsOf('webhooks', '.', [
  {
    breaks: 'what nobody has written down as delivered is sent again',
    file: DUE,
    find: 'SET attempts = d.attempts + 1, next_attempt_at',
    replace: 'SET attempts = d.attempts + 1, done_at = now(), next_attempt_at',
    test: SERVERS,
    title: 'come again under the same id when PostgreSQL was killed',
    built: true,
  },
  {
    breaks: 'what waits while Redis is away goes out afterwards',
    file: 'packages/redis/src/connections.ts',
    find: 'enableOfflineQueue, retryStrategy: pause });',
    replace: 'enableOfflineQueue, retryStrategy: () => null });',
    test: SERVERS,
    title: 'wait while Redis is away, and go out afterwards',
    built: true,
  },
]);

/** Calls that say themselves where they are reported to. */
export const WEBHOOKS_OF_CALLS = mutantsOf('webhooks', '.', [
  {
    breaks: 'a host is allowed by its whole name',
    file: 'packages/domain/src/webhooks/webhook-hosts.ts',
    find: 'entry === host,',
    replace: 'host.startsWith(entry),',
    test: 'packages/domain/test/webhook-hosts.test.ts',
    title: 'are those that the list names',
  },
  {
    breaks: 'a star stands for hosts below a name and for no other',
    file: 'packages/domain/src/webhooks/webhook-hosts.ts',
    find: 'host.endsWith(entry.slice(1)) && host.length >= entry.length',
    replace: 'host.endsWith(entry.slice(2))',
    test: 'packages/domain/test/webhook-hosts.test.ts',
    title: 'are those that the list names',
  },
  {
    breaks: 'a webhook_url is a matter of the list of its user',
    file: 'services/api/src/calls/judge-call.ts',
    find: 'webhookHosts ?? hosts',
    replace: 'hosts',
    test: SAID,
    title: 'are a matter of a list that the user may have of their own, and by default of nobody',
  },
  {
    breaks: 'a webhook_url is an address as that of an endpoint',
    file: 'services/api/src/calls/judge-call.ts',
    find: 'refuseBadHook(wanted, hooks);',
    replace: '',
    test: SAID,
    title: 'are refused for an address that no endpoint could have, and for a host that the user may not name',
  },
  {
    breaks: 'nothing is accepted that could not be signed',
    file: OPEN,
    find: "if (!hasSecret) return 'webhook_secret_missing';",
    replace: '',
    test: SAID,
    title: 'are refused while there is no secret to sign with, which is shown once and rotated with an overlap',
  },
  {
    breaks: 'a user has no more hosts than they may, by requests at once',
    file: HOSTS,
    find: 'user_id = ${userId}::uuid AND per_call) < ${most}',
    replace: 'user_id = ${userId}::uuid AND per_call) < ${most} + 1',
    test: SAID,
    title: 'are never made more hosts of by requests at once',
  },
  {
    breaks: 'a check says what a call would meet',
    file: 'services/api/src/calls/check-call.ts',
    find: '(await checkHook(wanted)) ?? ',
    replace: '',
    test: SAID,
    title: 'are checked without a host being made, and named by their place in a batch',
  },
  {
    breaks: 'hosts of calls take no endpoint from a user',
    file: 'packages/database/src/webhooks/endpoints.ts',
    find: '::uuid AND NOT per_call) < ${most}',
    replace: '::uuid) < ${most}',
    test: SAID,
    title: 'name no more hosts than a user may have, which endpoints of the other kind are not counted for',
  },
  {
    breaks: 'a host that failed is tried anew when a call names it',
    file: OPEN,
    find: ' && !standing.failing',
    replace: '',
    test: SAID,
    title: 'try a host anew that was switched off because it failed',
  },
  {
    breaks: 'each call of an order is reported where its client said',
    file: 'services/api/src/calls/retry-orders.ts',
    find: '    hook,',
    replace: '    hook: null,',
    test: SAID,
    title: 'hand the address on when they are made again',
  },
  {
    breaks: 'a host is told of no other call',
    file: 'packages/database/src/webhooks/fan-out.ts',
    find: 'w.id = c.webhook_endpoint_id OR',
    replace: 'w.per_call OR',
    test: SENT,
    title: 'go there as well, signed with the secret of its user, and those of no other call',
  },
  {
    breaks: 'a replay sends no other call to a host',
    file: 'packages/database/src/webhooks/delivery-log.ts',
    find: 'w.id = c.webhook_endpoint_id OR',
    replace: 'w.per_call OR',
    test: SENT,
    title: 'are sent again when they are asked for, as long as the address is known',
  },
  {
    breaks: 'the secret before a rotation is void in the end',
    file: DUE,
    find: 'CASE WHEN h.previous_call_webhook_secret_until > now() THEN h.previous_call_webhook_secret END',
    replace: 'h.previous_call_webhook_secret',
    test: SENT,
    title: 'are signed with both secrets while a rotation’s overlap lasts',
  },
  {
    breaks: 'one call that wants nothing more silences no host',
    file: DUE,
    find: 'disabled_at = CASE WHEN (${gone} AND NOT w.per_call) OR',
    replace: 'disabled_at = CASE WHEN ${gone} OR',
    test: SENT,
    title: 'hold up no other host when theirs is slow, and are left alone by one call that wants nothing more',
  },
  {
    breaks: 'an address goes with the personal data of its call',
    file: 'packages/database/src/calls/erase-calls.ts',
    find: 'webhook_url = NULL, ',
    replace: '',
    test: SENT,
    title: 'are sent again when they are asked for, as long as the address is known',
  },
]);
