import type { CostlyType } from './number-policy.js';

/** What the world's numbering plans say about one number. */
export interface NumberFacts {
  /** In E.164 form, with the plus. */
  readonly number: string;
  /** The digits behind the calling code. */
  readonly national: string;
  /** ISO 3166-1 alpha-2; null for numbers of no country, and where countries share a calling code and this one cannot be told. */
  readonly country: string | null;
  /** Whether the numbering plan has numbers of this length. */
  readonly possible: boolean;
  /** Whether it belongs to a range that is in use. */
  readonly valid: boolean;
  /** Null for a number that is not valid, and for ordinary ones. */
  readonly type: CostlyType | null;
  /**
   * For a number that is not valid: the type of the costly number that it begins with. Networks ignore the digits behind a
   * complete number.
   */
  readonly typeWithoutLastDigits: CostlyType | null;
  /** For a number that is not valid: the longest valid one that it begins with, which is the phone that rings. */
  readonly withoutLastDigits: string | null;
}

/**
 * Reads a number: with its plus, or as it is dialled in the home country. Null when it can be no number at all.
 *
 * @param homeCountry null for texts that begin with a plus.
 */
export type ReadNumber = (text: string, homeCountry: string | null) => NumberFacts | null;
