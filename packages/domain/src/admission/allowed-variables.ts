/**
 * Which channel variables a client may set: names as they are, or every name with a prefix (`DG_*`). A channel variable shadows the
 * dialplan's global of the same name (measured on Asterisk 22, for `Local/` channels on both halves), so that a deny list would
 * have to know the globals of every dialplan.
 */
export type AllowedVariables = readonly string[];

/** An entry of ALLOWED_VARIABLES. A lone `*` is none: it would allow everything. */
export const ALLOWED_VARIABLE = /^[A-Za-z][A-Za-z0-9_]{0,63}\*?$/;
export const ALLOWED_VARIABLE_RULE = 'must be a variable name such as DG_ORDER, or a prefix such as DG_*';

/** The names that may not be set. */
export function forbiddenVariables(names: readonly string[], allowed: AllowedVariables): string[] {
  return names.filter((name) => !isListed(name, allowed));
}

/** Whether a list of names and prefixes has this name. Asterisk tells `DG_ORDER` from `dg_order`, and so does this. */
export function isListed(name: string, list: AllowedVariables): boolean {
  return list.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
}
