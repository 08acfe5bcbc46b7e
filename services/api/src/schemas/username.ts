import { USERNAME } from '@dialgate/database';
import Joi from 'joi';

/** Whose entries, calls or streams are asked for. */
export const username = Joi.string()
  .pattern(USERNAME)
  .messages({ 'string.pattern.base': 'must be a username, in lower case' });
