export * from './fields.js';
export * from './load-config.js';
