export * from './documented-settings.js';
export * from './eventually.js';
export * from './factories.js';
export * from './postgres-cpu.js';
export * from './recordings.js';
export * from './test-database.js';
export * from './test-redis.js';
