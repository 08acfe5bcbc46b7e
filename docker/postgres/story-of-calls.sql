-- From a request to its call, its channel and what SIP said. `told` is what names the call: lines of the API's log about one request,
-- or the call's id alone. Every call that is named in it is told; the request is known from the log only.
--
--   psql --expanded --set=told="$(docker compose logs --no-log-prefix api | grep "$REQUEST_ID")" < docker/postgres/story-of-calls.sql
--   psql --expanded --set=told="$CALL" < docker/postgres/story-of-calls.sql
WITH lines AS (
  SELECT CASE WHEN line LIKE '{%' THEN line::json END AS line FROM regexp_split_to_table(:'told', E'\n') AS line
)
SELECT
  (SELECT string_agg(concat_ws(' ', l.line ->> 'time', l.line ->> 'requestId', l.line ->> 'method', l.line ->> 'route',
     l.line ->> 'status'), E'\n')
   FROM lines l WHERE l.line ->> 'callId' = c.id::text) AS request,
  c.id AS call, c.status, c.failure_reason, u.username, s.asterisk, s.app AS application,
  c.id || '.' || c.attempt AS channel, c.hangup_cause, c.sip_status, c.hangup_by,
  (SELECT string_agg(concat_ws(' ', e.at, e.source, e.event, e.status, e.detail), E'\n' ORDER BY e.id)
   FROM call_events e WHERE e.call_id = c.id) AS timeline
FROM calls c JOIN users u ON u.id = c.user_id LEFT JOIN worker_slots s ON s.id = c.slot_id
WHERE c.id IN (SELECT uuid(found[1]) FROM regexp_matches(:'told', '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') AS found)
ORDER BY c.id;
