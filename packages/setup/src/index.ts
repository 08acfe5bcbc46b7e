export * from './seed-admin.js';
