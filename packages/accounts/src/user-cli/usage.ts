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
  user show <name>

  user allow <name> [--contexts LIST] [--extensions LIST] [--priorities LIST] [--caller-ids LIST]
                    [--webhook-hosts LIST]
  user allow <name> --default

  user key create <name> --name <what it is for> --scopes calls:create,calls:read,calls:cancel,webhooks:manage,admin
                         [--expires <days>] [--from <address or network>,…]
  user key list [<name>] [--json]
  user key revoke <prefix>

allow gives a user lists of their own in the place of the installation's (ALLOWED_CONTEXTS and so on),
narrower or wider: sales,support. A * allows everything valid, but for contexts; none is an empty list
of caller IDs or hosts; default takes one list back, and --default all of them.

A password is asked for on the terminal, or taken from the first line of standard input
(--password-stdin) or from USER_PASSWORD. An API key is shown once, when it is created.
The database is DATABASE_URL.

Exit codes: 0 done, 1 not done (a message says why), 2 not understood.
`;
