import { createApiKey, shownKey } from '@dialgate/accounts';
import type { ApiKeys, ListedApiKey, Users } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import type { Router } from 'express';
import type { Audit } from '../audit/audit.js';
import type { RequireScope } from '../auth/require-user.js';
import { jsonBody } from '../middleware/body.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { isUuid } from '../schemas/call-id.js';
import { keyQuery, keyRequest } from '../schemas/create-key.js';
import { invalidFields, valid } from '../schemas/valid.js';

/** API keys, for admins: anybody's. The key itself is in the answer to its creation and nowhere else, ever. */
export function createKeyRoutes(deps: {
  readonly requireScope: RequireScope;
  readonly keys: Pick<ApiKeys, 'create' | 'list' | 'revoke'>;
  readonly users: Pick<Users, 'findByUsername'>;
  readonly audit: Audit;
}): Router {
  const { requireScope, keys, users, audit } = deps;
  const toAdminister = requireScope('admin');
  const routes = exactRouter();

  routes
    .route('/keys')
    .get(toAdminister, async (req, res) => {
      const { username = null } = valid(keyQuery, req.query, 'query');
      const list = await keys.list(username?.toLowerCase() ?? null);
      res.set('Cache-Control', 'no-store').json({ keys: list.map(keyView) });
    })
    .post(toAdminister, ...jsonBody(), async (req, res) => {
      const { username, name, scopes, ...rest } = valid(keyRequest, req.body);
      const { expires_in_days: expiresInDays = null, allowed_from: allowedFrom = [] } = rest;
      const wanted = { username: username.toLowerCase(), name, scopes, expiresInDays, allowedFrom };
      const made = await createApiKey(wanted, { keys, users });
      if ('problem' in made) throw invalidFields([{ field: `body.${made.field}`, problem: made.problem }]);
      const { key, listed } = made;
      const { id, username: of, prefix } = listed;
      const detail = { user: of, prefix, scopes: scopes.join(' ') };
      audit.record(req, 'key_created', { subject: { kind: 'key', id }, detail });
      res.status(201).set('Cache-Control', 'no-store');
      res.json({ ...keyView(listed), key });
    })
    .all(onlyMethods('GET', 'POST'));

  routes
    .route('/keys/:key_id')
    .delete(toAdminister, async (req, res) => {
      const id = req.params.key_id;
      const revoked = isUuid(id) ? await keys.revoke({ id }) : null;
      if (revoked === null) throw new DialgateError('key_not_found', 'There is no such API key.');
      const { prefix, username: of } = revoked;
      audit.record(req, 'key_revoked', { subject: { kind: 'key', id: revoked.id }, detail: { user: of, prefix } });
      res.status(204).set('Cache-Control', 'no-store').end();
    })
    .all(onlyMethods('DELETE'));

  return routes;
}

function keyView(key: ListedApiKey) {
  return { key_id: key.id, ...shownKey(key) };
}
