/** What a browser shows while there are no queues to look into; it looks again by itself. */
export const AWAY_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Dialgate queues</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }
code { font-family: ui-monospace, monospace; }
</style>
</head>
<body>
<h1>Redis does not answer</h1>
<p>The queues live in Redis, so there is nothing to show just now. No call is lost: each waits in its row in PostgreSQL,
new ones are still accepted, and all are queued again when Redis is back.</p>
<p><a href="/admin/calls">/admin/calls</a> shows the calls of the last hour all the same; they are in PostgreSQL.
<a href="/health">/health</a> says how the other parts are. This page looks again every five seconds.</p>
</body>
</html>
`;
