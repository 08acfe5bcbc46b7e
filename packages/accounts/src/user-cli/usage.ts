/** The command line is wrong. Its message is for a person; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage:
  user create <name> [--role operator|admin] [--password-stdin]
  user set-password <name> [--password-stdin]
  user set-role <name> operator|admin
  user disable <name>
  user enable <name>
  user lift <name>                       ends a suspension by TOLL_FRAUD_BREAKER
  user limit <name> [--concurrent N] [--per-minute N] [--per-day N] [--new-countries N]
                                         N is a number, 0 for no limit, or default
  user list [--json]

  user key create <name> --name <what it is for> --scopes calls:create,calls:read,calls:cancel,admin
                         [--expires <days>] [--from <address or network>,…]
  user key list [<name>] [--json]
  user key revoke <prefix>

A password is asked for on the terminal, or taken from the first line of standard input
(--password-stdin) or from USER_PASSWORD. An API key is shown once, when it is created.
The database is DATABASE_URL.

Exit codes: 0 done, 1 not done (a message says why), 2 not understood.
`;
