export { openRateLimits, type RateLimits } from './rate-limits.js';
export type { Hit } from './hits.js';
export type { Change, Kept } from './states.js';
