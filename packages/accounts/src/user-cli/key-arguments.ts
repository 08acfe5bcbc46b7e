import { isScope, SCOPES, type Scope } from '@dialgate/domain';
import { prefixOf, typedPrefix } from '../keys/api-key.js';
import { KEY_DAYS, KEY_NAME, KEY_NAME_RULE, MAX_NETWORKS, type WantedApiKey } from '../keys/create-api-key.js';
import { isNetwork } from '../keys/networks.js';
import { usernameOf } from './username.js';
import { UsageError } from '../cli-errors.js';

/** What the command line asks for about API keys. */
export type KeyCommand =
  | { readonly name: 'key create'; readonly wanted: WantedApiKey }
  /** All keys, or those of one user. */
  | { readonly name: 'key list'; readonly username: string | null; readonly json: boolean }
  | { readonly name: 'key revoke'; readonly prefix: string };

/** The options of `key` commands, as they were typed. */
export interface KeyOptions {
  readonly name?: string | undefined;
  readonly scopes?: string | undefined;
  readonly expires?: string | undefined;
  readonly from?: string | undefined;
  readonly json?: boolean | undefined;
}

/** @throws UsageError */
export function readKeyCommand(name: KeyCommand['name'], word: string | undefined, options: KeyOptions): KeyCommand {
  switch (name) {
    case 'key create':
      return {
        name,
        wanted: {
          username: usernameOf(word),
          name: keyNameOf(options.name),
          scopes: scopesOf(options.scopes),
          expiresInDays: options.expires === undefined ? null : daysOf(options.expires),
          allowedFrom: options.from === undefined ? [] : networksOf(options.from),
        },
      };
    case 'key list':
      return { name, username: word === undefined ? null : usernameOf(word), json: options.json === true };
    case 'key revoke':
      return { name, prefix: prefixOfKey(word) };
  }
}

function keyNameOf(typed: string | undefined): string {
  if (typed === undefined || !KEY_NAME.test(typed)) throw new UsageError(`A key’s --name ${KEY_NAME_RULE}.`);
  return typed;
}

function scopesOf(typed: string | undefined): Scope[] {
  const scopes = [...new Set(listed(typed ?? ''))];
  if (scopes.length === 0 || !scopes.every(isScope)) {
    throw new UsageError(`A key’s --scopes are some of ${Object.keys(SCOPES).join(',')}.`);
  }
  return scopes;
}

function daysOf(typed: string): number {
  const days = /^[0-9]{1,4}$/.test(typed) ? Number(typed) : NaN;
  if (!(days >= KEY_DAYS.min && days <= KEY_DAYS.max)) {
    throw new UsageError(`A key --expires after ${KEY_DAYS.min} to ${KEY_DAYS.max} days.`);
  }
  return days;
}

function networksOf(typed: string): string[] {
  const networks = listed(typed);
  if (networks.length === 0 || networks.length > MAX_NETWORKS || !networks.every(isNetwork)) {
    throw new UsageError(`A key is used --from 1 to ${MAX_NETWORKS} addresses and networks, such as 192.0.2.0/24.`);
  }
  return networks;
}

/** Of a key that got into wrong hands one may have nothing but the key itself. */
function prefixOfKey(typed: string | undefined): string {
  const prefix = typed === undefined ? null : (prefixOf(typed) ?? typedPrefix(typed));
  if (prefix === null) throw new UsageError('A key’s prefix is the 12 digits that `key list` shows.');
  return prefix;
}

function listed(typed: string): string[] {
  return typed
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
