import type { ClaimLimits } from '@dialgate/database';
import { ALLOWED_VARIABLE, ALLOWED_VARIABLE_RULE } from '@dialgate/domain';
import {
  admissionVariables,
  list,
  matching,
  sharedVariables,
  wholeNumber,
  type AdmissionVariables,
  type SharedVariables,
} from '@dialgate/service-kit';
import Joi from 'joi';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AriAccess } from './ari/client.js';

/** What a worker is told by its environment. */
export interface WorkerConfig extends SharedVariables, AdmissionVariables {
  /** `http://host:8088/ari` */
  readonly ARI_HTTP_URL: string;
  readonly ARI_USERNAME: string;
  readonly ARI_PASSWORD: string;
  /** Certificates, PEM, of those who may sign for an Asterisk at `https://`; the well-known ones if absent. */
  readonly ARI_CA_FILE?: string;
  /** First part of the application names in Asterisk. */
  readonly ARI_APP: string;
  /** What this Asterisk is called in the database; host:port of ARI_HTTP_URL if absent. */
  readonly ASTERISK_NAME?: string;
  /** Channel variables whose values are results of a call when the dialplan sets them: names, or prefixes with a `*`. */
  readonly RESULT_VARIABLES: string[];
  /** How many originations one worker carries out at once. */
  readonly ORIGINATE_CONCURRENCY: number;
  /** Over all workers; 0 is off. */
  readonly ORIGINATE_PER_SECOND: number;
  /** Over all workers; 0 is off. */
  readonly MAX_CONCURRENT_CALLS: number;
  /** On this worker's Asterisk, over all its workers; 0 is off. */
  readonly NODE_ORIGINATE_PER_SECOND: number;
  /** On this worker's Asterisk, over all its workers; 0 is off. */
  readonly NODE_MAX_CONCURRENT_CALLS: number;
  /** How long an answered call may last; 0 is for ever. */
  readonly MAX_CALL_SECONDS: number;
  /** How long a stopping worker follows its last calls when no other worker could take them. */
  readonly DRAIN_SECONDS: number;
  /** Touched every few seconds, for the health check of a container; none if absent. */
  readonly ALIVE_FILE?: string;
}

export const workerConfig = Joi.object<WorkerConfig, true>({
  ...sharedVariables(),
  ...admissionVariables(),
  ARI_HTTP_URL: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .custom((url: string) => url.replace(/(?<!\/)\/+$/, ''))
    .required(),
  ARI_USERNAME: Joi.string().max(128).required(),
  ARI_PASSWORD: Joi.string().max(256).required(),
  ARI_CA_FILE: Joi.string().custom(certificateFile),
  ARI_APP: Joi.string()
    .pattern(/^[A-Za-z0-9_-]{1,40}$/)
    .default('contactcenter'),
  ASTERISK_NAME: Joi.string().max(255),
  RESULT_VARIABLES: list(matching(ALLOWED_VARIABLE, ALLOWED_VARIABLE_RULE)).default([]),
  ORIGINATE_CONCURRENCY: wholeNumber(1, 500).default(50),
  ORIGINATE_PER_SECOND: Joi.number().min(0).max(1_000).default(0),
  MAX_CONCURRENT_CALLS: wholeNumber(0, 1_000_000).default(0),
  NODE_ORIGINATE_PER_SECOND: Joi.number().min(0).max(1_000).default(0),
  NODE_MAX_CONCURRENT_CALLS: wholeNumber(0, 1_000_000).default(0),
  MAX_CALL_SECONDS: wholeNumber(0, 86_400).default(3_600),
  DRAIN_SECONDS: wholeNumber(0, 3_600).default(45),
  ALIVE_FILE: Joi.string().pattern(/^\//).messages({ 'string.pattern.base': '{{#label}} must be an absolute path' }),
});

/** The name under which this worker's Asterisk stands in the database. */
export function asteriskName(config: Pick<WorkerConfig, 'ASTERISK_NAME' | 'ARI_HTTP_URL'>): string {
  return config.ASTERISK_NAME ?? new URL(config.ARI_HTTP_URL).host;
}

/** The limits that a worker claims and dials within: over all of them, and on its Asterisk. */
export function limitsOf(config: WorkerConfig): ClaimLimits {
  return {
    maxConcurrentCalls: config.MAX_CONCURRENT_CALLS,
    originatePerSecond: config.ORIGINATE_PER_SECOND,
    perBox: {
      maxConcurrentCalls: config.NODE_MAX_CONCURRENT_CALLS,
      originatePerSecond: config.NODE_ORIGINATE_PER_SECOND,
    },
  };
}

/** Where and as whom this worker speaks ARI. */
export function accessOf(
  config: Pick<WorkerConfig, 'ARI_HTTP_URL' | 'ARI_USERNAME' | 'ARI_PASSWORD' | 'ARI_CA_FILE'>,
): AriAccess {
  return {
    url: config.ARI_HTTP_URL,
    username: config.ARI_USERNAME,
    password: config.ARI_PASSWORD,
    ca: config.ARI_CA_FILE === undefined ? undefined : readFileSync(config.ARI_CA_FILE, 'utf8'),
  };
}

/** Read once at the start as well as here: a file that is wrong must not show first as an Asterisk that cannot be reached. */
function certificateFile(path: string, helpers: Joi.CustomHelpers<string>): string | Joi.ErrorReport {
  try {
    new X509Certificate(readFileSync(path));
    return path;
  } catch {
    return helpers.message({ custom: '{{#label}} must be the path of a file of certificates (PEM)' });
  }
}
