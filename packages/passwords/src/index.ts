export * from './hash.js';
export * from './weakness.js';
