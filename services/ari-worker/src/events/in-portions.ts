/** How many things are asked for, or calls reconciled, side by side. */
const SIDE_BY_SIDE = 50;

/** Does something with each, some side by side. @returns what came of each. */
export async function inPortions<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let n = 0; n < items.length; n += SIDE_BY_SIDE) {
    results.push(...(await Promise.all(items.slice(n, n + SIDE_BY_SIDE).map(work))));
  }
  return results;
}
