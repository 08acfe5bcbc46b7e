export * from './every.js';
export * from './run-service.js';
