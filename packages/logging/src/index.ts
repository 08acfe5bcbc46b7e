export * from './line-formats.js';
export * from './logger.js';
export * from './promised-lines.js';
export * from './redaction.js';
