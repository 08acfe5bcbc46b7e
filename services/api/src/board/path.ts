/** Where the board hangs. */
export const BOARD_PATH = '/admin/queues';
