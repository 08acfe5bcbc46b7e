export * from './keys/api-key.js';
export * from './keys/create-api-key.js';
export * from './keys/networks.js';
export * from './passwords/hash.js';
export * from './passwords/weakness.js';
export { seedAdmin, SeedError, type Existing } from './setup/seed-admin.js';
