import { Router } from 'express';

/**
 * A router that takes paths as they are written: `/Admin/queues` is nothing. Else a rule of a proxy for `/admin` would miss
 * what is served here.
 */
export function exactRouter(): Router {
  return Router({ caseSensitive: true, strict: true });
}
