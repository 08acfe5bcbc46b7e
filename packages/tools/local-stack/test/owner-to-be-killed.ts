/** Run as a process of its own by a test that kills it with -9: starts servers, says what they are, and waits. */
import { startPostgres, startRedis, startService } from '../src/index.js';

const log = (): void => undefined;
const postgres = await startPostgres({ dir: '/nonexistent', log, ephemeral: true });
const redis = await startRedis({ dir: '/nonexistent', log, ephemeral: true });
const service = await startService('service', { entry: process.argv[2] ?? '', env: process.env, log });
const pids = [postgres.process?.pid, redis.process?.pid, service.pid];
console.log(JSON.stringify(pids));
setInterval(() => undefined, 1_000);
