export * from './passwords/hash.js';
export * from './passwords/weakness.js';
export * from './setup/seed-admin.js';
