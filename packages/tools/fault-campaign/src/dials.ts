import type { Stage } from './stage.js';

/** How long calls waited for their dial, in milliseconds, and when they were asked for, in milliseconds since the epoch. */
export function waitsForDial({ client, channels }: Pick<Stage, 'client' | 'channels'>) {
  const dialledAt = new Map(
    channels().flatMap(({ number, dials: [dial] }) => (dial ? [[number, dial.at] as const] : [])),
  );
  return client.answers.flatMap(({ at, number, status }) => {
    const dialled = dialledAt.get(number);
    return status === 202 && dialled !== undefined ? [{ at, wait: dialled - at }] : [];
  });
}

/** How many of these spans of time overlap at most. Pure. */
export function most(spans: readonly (readonly number[])[]): number {
  const steps = spans.flatMap(([from = 0, to = 0]) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let now = 0;
  let highest = 0;
  for (const { by } of steps.sort((a, b) => a.at - b.at || a.by - b.by)) highest = Math.max(highest, (now += by));
  return highest;
}
