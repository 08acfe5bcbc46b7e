/** Where the routes for clients hang. */
export const API_BASE = '/api/v2';

/** Where the board hangs. */
export const BOARD_PATH = '/admin/queues';
