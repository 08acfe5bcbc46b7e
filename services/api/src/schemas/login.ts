import Joi from 'joi';

/** The fields of a password grant (RFC 6749 §4.3.2). */
export interface Login {
  grant_type?: string;
  username: string;
  password: string;
}

const USERNAME_MAX_LENGTH = 256;
const PASSWORD_MAX_LENGTH = 1_024;

/** Other fields (`scope`, `client_id`) are ignored, as the RFC wants it. */
export const login = Joi.object<Login, true>({
  grant_type: Joi.string().allow('').description('The only grant there is; may be left out.'),
  username: Joi.string()
    .max(USERNAME_MAX_LENGTH)
    .required()
    .description('Upper and lower case are the same.')
    .example('admin'),
  password: Joi.string().max(PASSWORD_MAX_LENGTH).required(),
})
  .unknown()
  .description('A password grant (RFC 6749 §4.3.2). Other fields, such as `scope`, are ignored.');
