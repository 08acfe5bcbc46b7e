import Joi from 'joi';

/** The fields of a password grant (RFC 6749 §4.3.2). */
export interface Login {
  grant_type?: string;
  username: string;
  password: string;
}

export const USERNAME_MAX_LENGTH = 256;
export const PASSWORD_MAX_LENGTH = 1_024;

/** Other fields (`scope`, `client_id`) are ignored, as the RFC wants it. */
export const login = Joi.object<Login, true>({
  grant_type: Joi.string().allow(''),
  username: Joi.string().max(USERNAME_MAX_LENGTH).required(),
  password: Joi.string().max(PASSWORD_MAX_LENGTH).required(),
}).unknown();
