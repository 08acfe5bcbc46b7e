import { isNetwork, KEY_DAYS, KEY_NAME, KEY_NAME_RULE, MAX_NETWORKS } from '@dialgate/accounts';
import { SCOPES, type Scope } from '@dialgate/domain';
import Joi from 'joi';

/** What is said of a key that shall be made. */
export interface KeyRequest {
  username: string;
  name: string;
  scopes: Scope[];
  expires_in_days?: number;
  allowed_from?: string[];
}

const network = Joi.string()
  .max(50)
  .custom((text: string, helpers) =>
    isNetwork(text) ? text : helpers.message({ custom: 'must be an address or a network such as 192.0.2.0/24' }),
  );

/** As USERNAME of packages/database has it, in either case. */
const username = Joi.string()
  .pattern(/^[A-Za-z0-9._@-]{3,64}$/)
  .messages({
    'string.pattern.base': 'must be 3 to 64 of a-z, 0-9, dot, _, - and @',
  });

export const keyRequest = Joi.object<KeyRequest, true>({
  username: username.required().description('Whose key it is: it acts as this user.').example('crm'),
  name: Joi.string()
    .max(100)
    .pattern(KEY_NAME)
    .messages({ 'string.pattern.base': KEY_NAME_RULE })
    .required()
    .description('What it is for.')
    .example('nightly callbacks'),
  scopes: Joi.array()
    .items(Joi.string().valid(...Object.keys(SCOPES)))
    .unique()
    .min(1)
    .required()
    .description('What it may do; nothing that its user’s role does not allow.'),
  expires_in_days: Joi.number()
    .integer()
    .min(KEY_DAYS.min)
    .max(KEY_DAYS.max)
    .description('After how many days it is void. For ever good when left out.'),
  allowed_from: Joi.array()
    .items(network)
    .max(MAX_NETWORKS)
    .description('Addresses and networks (CIDR) that it may be used from. From anywhere when left out or empty.'),
}).description('An API key to be made.');

/** What a list of keys is asked for with. */
export const keyQuery = Joi.object<{ username?: string }, true>({ username });
