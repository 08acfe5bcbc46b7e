/**
 * A task that one process of all does at a time, where nothing would be wrong if all did. One that failed passes over its next turn, so
 * that another takes it: else a process that always fails, but always asks first, would keep the task from being done. When the turn
 * cannot be asked for, the task is done all the same, and the failure is thrown behind it.
 *
 * @param takeTurn whether it is this process's turn.
 * @returns the task, to be run again and again, one run after the other.
 */
export function inTurns(takeTurn: () => Promise<boolean>, task: () => Promise<unknown>): () => Promise<void> {
  let passOver = false;

  async function doTask(): Promise<void> {
    passOver = true;
    await task();
    passOver = false;
  }

  return async () => {
    if (passOver) return void (passOver = false);
    let isMine: boolean;
    try {
      isMine = await takeTurn();
    } catch (error) {
      await doTask();
      throw error;
    }
    if (isMine) await doTask();
  };
}
