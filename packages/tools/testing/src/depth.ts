/**
 * How far a search goes, or how much of a load is played: how many seeds, calls or repetitions. The same behaviours are
 * tested at every depth. TEST_DEPTH is `quick`, which is the default, or `deep`, as `npm test -- --deep` sets it.
 *
 * @throws when TEST_DEPTH is anything else.
 */
export function depth<Amount>(amounts: { readonly quick: Amount; readonly deep: Amount }): Amount {
  const wanted = process.env.TEST_DEPTH ?? 'quick';
  if (wanted !== 'quick' && wanted !== 'deep') throw new Error(`TEST_DEPTH is ${wanted}, and must be quick or deep`);
  return amounts[wanted];
}
