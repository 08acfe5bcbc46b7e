import { inTime } from '@dialgate/service-kit';
import type { Worker } from 'bullmq';
import type { Client } from './connections.js';

/** Takes no more jobs, waits for those under way, at most so long, and closes the connection. */
export async function closeWorker(worker: Worker, client: Client, withinMs: number): Promise<void> {
  // A close that waits for jobs hangs while Redis is away, and cannot be hurried afterwards.
  if (client.status !== 'ready') await worker.close(true);
  else await inTime(worker.close(), withinMs);
  client.disconnect();
}
