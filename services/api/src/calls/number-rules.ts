/** How much a number must look like one: see NUMBER_VALIDATION in the README. */
export const NUMBER_VALIDATIONS = ['e164', 'possible', 'valid', 'dialable'] as const;

export interface NumberPolicy {
  readonly validation: (typeof NUMBER_VALIDATIONS)[number];
  /** ISO 3166-1 alpha-2, upper case; empty allows every country. */
  readonly allowedCountries: readonly string[];
  /** Digits, with or without a plus. */
  readonly blockedPrefixes: readonly string[];
  /** Whether premium, shared-cost and satellite numbers may be called. */
  readonly allowPremium: boolean;
}
