/** How much a number must look like one: see NUMBER_VALIDATION in docs/configuration.md. */
export const NUMBER_VALIDATIONS = ['e164', 'possible', 'valid', 'dialable'] as const;

/** Kinds of numbers that cost more than a call to a person does. They are refused unless they are allowed by name. */
export const COSTLY_TYPES = [
  'premium',
  'shared_cost',
  'satellite',
  'personal',
  'pager',
  'international_network',
] as const;

export type CostlyType = (typeof COSTLY_TYPES)[number];

/** Which numbers may be dialled. The same in the API, before a call is written down, and in the worker, before it is dialled. */
export interface NumberPolicy {
  readonly validation: (typeof NUMBER_VALIDATIONS)[number];
  /** The template of the endpoint, which decides whether the plus is dialled: see `dialEndpoint`. */
  readonly endpoint: string;
  /** ISO 3166-1 alpha-2: in whose numbering plan digits without a plus are read. Without it only extensions may lack the plus. */
  readonly homeCountry: string | null;
  /** ISO 3166-1 alpha-2, upper case; empty allows every country. */
  readonly allowedCountries: readonly string[];
  readonly allowedTypes: readonly CostlyType[];
  /** Digits. With a plus they are held against the international form only, without it also against what is dialled. */
  readonly blockedPrefixes: readonly string[];
  /** The same. When there is one, every number must have one of them. The longest prefix decides, at equal length the block. */
  readonly allowedPrefixes: readonly string[];
  /**
   * What the dialplan wants ahead of a number outside, such as 0 or 9; empty when it wants nothing. Null means that nobody has
   * said so: then 0, 00 and 9 are believed to be such prefixes wherever that makes the decision safer.
   */
  readonly outsideLinePrefixes: readonly string[] | null;
  /** Codes such as *67 that may be dialled, alone or ahead of a number. All others are refused, and so is every other * or #. */
  readonly allowedFeatureCodes: readonly string[];
}
