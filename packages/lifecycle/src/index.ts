export * from './every.js';
export * from './patience.js';
export * from './run-service.js';
