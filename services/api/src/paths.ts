/** Where the routes for clients hang. */
export const API_BASE = '/api/v2';

/** Where logins are. */
export const TOKEN_PATH = `${API_BASE}/token`;

/** Where the board hangs. */
export const BOARD_PATH = '/admin/queues';

/** Where the page of recent calls is, beside the board. */
export const RECENT_CALLS_PATH = '/admin/calls';
