// Made by `pnpm generate` of the OpenAPI document; not to be edited.
export interface paths {
    "/api/v2/interaction/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a number
         * @description Accepts a call to the number and answers at once; workers dial it through Asterisk. What becomes of it is told by its status. Everything in the body is optional, and so is the body. Unknown fields are refused by name.
         */
        post: operations["callNumber"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls, the newest first
         * @description Users see their own calls; with the scope `admin` everybody’s. Filters are all held at once. Calls that are accepted while pages are read are on none of the later ones; every other call is on exactly one. Where filters keep many calls out, a page may have fewer than `limit` calls, even none, and go on all the same: what counts is `next_cursor`. Besides the parameters below, `metadata.order=4711` asks for calls whose metadata hold this text, number or boolean under the key `order`; up to 5 keys. With `Accept: text/csv` everything that fits comes as one file.
         */
        get: operations["listCalls"];
        put?: never;
        /**
         * Call a number, all in the body
         * @description The same with the number in the body.
         */
        post: operations["createCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call many numbers
         * @description At most 1000 calls, each accepted or refused by itself, exactly as if it had been asked for alone: each counts for every limit, and each may have an `idempotency_key`, so that the whole batch can be repeated safely.
         */
        post: operations["createCalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a call would be accepted
         * @description Judges the request as `POST /calls` would at this moment, and writes nothing. It counts as a request for a call. The do-not-call list is not asked.
         */
        post: operations["checkCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/status/{call_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a call
         * @description The call as it stands. Users see their own calls; all calls with the scope `admin`.
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/interaction/{call_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a call, under /interaction
         * @description The call as it stands. Users see their own calls; all calls with the scope `admin`.
         */
        get: operations["getInteractionStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/{call_id}/hangup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel or hang up a call
         * @description A call that waits is canceled at once. A live one is hung up by its worker within a second or so; it ends `canceled` if nobody had answered, else `completed`. An order to be called again ends with any of its calls. There is nothing to be said in a body: one is not read.
         */
        post: operations["hangUpCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/{call_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a call, under /calls
         * @description The call as it stands. Users see their own calls; all calls with the scope `admin`.
         */
        get: operations["getCall"];
        put?: never;
        post?: never;
        /**
         * Cancel or hang up a call, by DELETE
         * @description A call that waits is canceled at once. A live one is hung up by its worker within a second or so; it ends `canceled` if nobody had answered, else `completed`. An order to be called again ends with any of its calls. There is nothing to be said in a body: one is not read.
         */
        delete: operations["deleteCall"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many calls became what
         * @description Of the calls that were accepted since a time: one’s own, with the scope `admin` everybody’s.
         */
        get: operations["getCallStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/{call_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The timeline of a call
         * @description Everything that is known of the call, in the order in which it was written down. Once its status is a final one, its end is there; what Asterisk says after that may still be added.
         */
        get: operations["getCallEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/calls/{call_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The timeline of a call, as it is written
         * @description From its beginning, or from behind `Last-Event-ID`, to the end of the call. Server-sent events (`text/event-stream`). Each entry of a timeline is one event: its `id`, and as `data` the JSON of an entry of `GET /calls/{call_id}/events` with the `call_id`. Keep the last id; when the connection breaks, come back with it as `Last-Event-ID`, on any instance: nothing is missing then, and nothing comes twice. An event `end` says that there is no more and why (`reason`: `call_ended`, or `access_ended` when the token or key is void); close then. Every 15 s comes a line that means nothing, or an id without data. Who does not read for 30 s is cut off. Beyond `USER_MAX_STREAMS` it is 429, beyond `MAX_STREAMS` 503, which an EventSource takes for the end: make a new one after `Retry-After`.
         */
        get: operations["streamCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The timelines of all calls, as they are written
         * @description Of one’s own calls; with the scope `admin` of everybody’s, or of those of one user. From now on, or from behind `Last-Event-ID`, unless that is more than a million entries ago. Server-sent events (`text/event-stream`). Each entry of a timeline is one event: its `id`, and as `data` the JSON of an entry of `GET /calls/{call_id}/events` with the `call_id`. Keep the last id; when the connection breaks, come back with it as `Last-Event-ID`, on any instance: nothing is missing then, and nothing comes twice. An event `end` says that there is no more and why (`reason`: `call_ended`, or `access_ended` when the token or key is void); close then. Every 15 s comes a line that means nothing, or an id without data. Who does not read for 30 s is cut off. Beyond `USER_MAX_STREAMS` it is 429, beyond `MAX_STREAMS` 503, which an EventSource takes for the end: make a new one after `Retry-After`.
         */
        get: operations["streamCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/stream/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket that opens one stream
         * @description Good once, within half a minute, on any instance. The stream that it opens sees what your token or key may see, and ends with it.
         */
        post: operations["createStreamTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description An OAuth 2 password grant, as a form or as JSON. Send the token with every other request as `Authorization: Bearer …`. Wrong logins are limited; right ones are not. There is no refresh token: log in again. The answer’s `scope` is all that the user’s role may do, whatever was asked for.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the token that is sent with this request, at once and everywhere. Other tokens of the user stay good.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All API keys
         * @description Good ones first, then the newest; 1,000 at most.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key
         * @description A key lets a machine in as its user, without a login: `Authorization: Bearer dg_…`. It is in this answer and can never be shown again.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It is void at once, everywhere and for ever. To revoke it again is the same.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where one is told of calls
         * @description One’s own endpoints; with the scope `admin` everybody’s, 1,000 at most.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Be told of calls
         * @description Makes an endpoint of one’s own. Each change of the status of one’s calls is posted there, by Standard Webhooks 1.0.0: signed, repeated for three days until it is answered with 2xx, at least once. The secret is in this answer and in that to its rotation, and cannot be shown again.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An endpoint as it stands
         * @description With what keeps it from being sent to, if anything.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Remove an endpoint
         * @description With all that waits for it, and its log.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint, switch it on or off
         * @description While it is off, nothing is sent and nothing new is kept for it; ask for that again (`replay`) when it is on.
         */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a new secret
         * @description For 24 hours deliveries are signed with both secrets, so that receivers may change when they like.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhook-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a secret for the webhooks of calls
         * @description Signs what goes to the `webhook_url`s of one’s calls. For 24 hours the one before signs as well. The first has to be asked for before a call may have a `webhook_url`.
         */
        post: operations["rotateCallWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test
         * @description An event of the type `webhook.test`. One waits at a time: another request gets the same.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send everything since a time again
         * @description The events of all calls accepted since then, also what was never sent because the endpoint was off. What was sent before comes under the same id. The newest 2,000 calls at most.
         */
        post: operations["replayWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent, and what came of it
         * @description Kept for `WEBHOOK_LOG_DAYS`. Neither what was sent nor what was answered is kept, but for the status.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery again
         * @description Under the same id, whatever came of it before.
         */
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, from where
         * @description The audit trail, the latest entry first; for admins. Entries appear half a second after what they tell of, are never changed, and are kept for `AUDIT_DAYS`.
         */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the parts are
         * @description Always answered with 200; `status` and `reasons` are the news. Admins see every worker and the names of the machines.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the process run?
         * @description For whoever restarts it. Says nothing of the parts it needs: a restart would not mend them.
         */
        get: operations["getLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it accept calls?
         * @description For load balancers: 503 only while PostgreSQL does not answer, or writes nothing: it is read-only, or was full lately.
         */
        get: operations["getReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/strict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Would a call posted now leave?
         * @description For monitoring. 503 while no call can be accepted, and while what is accepted would not be dialled, with the `reasons`. A queue that is long under a limit and moves is well.
         */
        get: operations["getStrict"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who answers here
         * @description Name, version, and where to go on.
         */
        get: operations["getAbout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description OpenAPI 3.1, for programs. Not there with `DOCS_ENABLED=false`.
         */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document, to read
         * @description A page of Swagger UI that asks no other host for anything. Not there with `DOCS_ENABLED=false`.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits in the queues
         * @description A Bull board for admins, read-only: a call’s row is the truth and its job a nudge, so nothing could be mended there. Browsers ask for username and password; an access token or API key with the scope `admin` opens it too. Not there with `BOARD_ENABLED=false`. While Redis is away, browsers get a page that says so.
         */
        get: operations["getBoard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of the calls of the last hour
         * @description A page for admins, from PostgreSQL and without scripts: how many calls wait, are being dialled, ring and are up; how many of the last hour became what, and why; and the newest 200 of them one by one, with the last three digits of their numbers. Opened as `/admin/queues` is, and not there with `BOARD_ENABLED=false` either.
         */
        get: operations["getRecentCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    callEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A call has another status, or somebody asked for a test
         * @description With the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks 1.0.0.
         */
        post: operations["onCallEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        AcceptedCall: {
            /**
             * Format: uuid
             * @description The call’s id (UUIDv7).
             */
            call_id: string;
            /**
             * Format: date-time
             * @description When the call was accepted. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /** @description The number as it was asked for. */
            phone_number: string;
            /** @constant */
            success: true;
            /** @description For people. */
            message: string;
            /** @description No channel exists yet. */
            channel: null;
            /** @constant */
            status: "pending";
        };
        Call: {
            /**
             * Format: uuid
             * @description The call’s id (UUIDv7).
             */
            call_id: string;
            /**
             * Format: date-time
             * @description When the call was accepted. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /** @description The number as it was asked for; null when it was erased. */
            phone_number: string | null;
            status: components["schemas"]["CallStatus"];
            /** @description Its channel in Asterisk; null before a worker took the call. */
            channel: string | null;
            /** @description Dialplan context. */
            context: string;
            /** @description Extension in the context. */
            extension: string;
            /** @description Priority in the extension. */
            priority: number;
            /** @description The number or extension that the callee is connected to; null for none, or when it was erased. */
            connect_to: string | null;
            /** @description Who the callee sees calling. */
            caller_id: string | null;
            /**
             * Format: date-time
             * @description It waits until then. Null: it may be dialled at once. ISO 8601 in UTC, with milliseconds.
             */
            not_before: string | null;
            /** @description The hours it was ordered for; null for any. */
            calling_window: {
                /** @description Such as `mon-fri 09:00-18:00`. */
                spans: string[];
                /** @description It is dialled only when the clocks on the wall in all of these show such a time. */
                time_zones: string[];
            } | null;
            /**
             * Format: date-time
             * @description When it was dialled. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            dialed_at: string | null;
            /**
             * Format: date-time
             * @description When it began to ring. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            ringing_at: string | null;
            /**
             * Format: date-time
             * @description When somebody picked up. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            answered_at: string | null;
            /**
             * Format: date-time
             * @description When it was over. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            ended_at: string | null;
            /** @description Whole seconds from answer to end; null if it was never answered or is still up. */
            duration: number | null;
            /** @description Why it did not simply take its course. Always set with `failed`. */
            failure_reason: components["schemas"]["FailureReason"] | null;
            /** @description Q.850 cause, as Asterisk gave it. */
            hangup_cause: number | null;
            /** @description The cause’s name in Q.850. */
            hangup_cause_text: string | null;
            /** @description The SIP response that ended it, if there was one. */
            sip_status: number | null;
            /**
             * @description Who hung up.
             * @enum {unknown}
             */
            hangup_by: "callee" | "gateway" | "dialplan" | "unknown" | null;
            /** @description Which attempt to dial it this is. */
            attempt_number: number;
            /** @description Not in a final status. */
            is_active: boolean;
            /** @description In a final status, whichever. */
            is_completed: boolean;
            /** @description What the request said, or null. */
            metadata: unknown;
            /** @description What the dialplan has said of the call since it was answered, such as `AMDSTATUS`: the variables that the operator names in `RESULT_VARIABLES`, and the fields of user events called `DialgateResult`. Texts of the dialplan; nothing is decided by them. */
            results: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description The first call of the order that this one was made for; null for a first call and for one by itself.
             */
            attempt_of: string | null;
            /** @description Which of the calls of its order this is. */
            try_number: number;
            /** @description The order to be called again (`retry`) that this call belongs to, as it stands; null for a call without one. */
            order: {
                /**
                 * @description - `open`: a call of it is under way, or another may come
                 *     - `canceling`: the client has ended it; its last call is not over yet
                 *     - `finished`: nothing more comes of it
                 * @enum {string}
                 */
                state: "open" | "canceling" | "finished";
                /** @description What came of the order: the status of its last call; null before its end. */
                result: components["schemas"]["CallStatus"] | null;
                /** @description Why it is over; null before. */
                end: ("answered" | "not_retried" | "exhausted" | "canceled" | "out_of_time" | "refused" | "erased") | null;
                /** @description With the end `refused`: the code of the refusal. */
                refusal: string | null;
                /** @description How many calls more there may be. */
                max: number;
                /** @description After what. */
                on: ("busy" | "no_answer" | "unreachable")[];
                /** @description How many seconds after the end of a call the next is made. */
                after: number;
                /**
                 * Format: date-time
                 * @description No call is made after this. ISO 8601 in UTC, with milliseconds.
                 */
                ends_at: string;
                /** @description The ids of its calls so far, the first one first. */
                calls: string[];
                /**
                 * Format: date-time
                 * @description When the next call is due. Null while none is. ISO 8601 in UTC, with milliseconds.
                 */
                next_try_at: string | null;
                /**
                 * Format: date-time
                 * @description When it was over. Null before. ISO 8601 in UTC, with milliseconds.
                 */
                finished_at: string | null;
            } | null;
            /**
             * Format: date-time
             * @description When number, caller ID, variables, metadata and results were erased (`PERSONAL_DATA_DAYS`); null for a call that still has them. ISO 8601 in UTC, with milliseconds.
             */
            erased_at: string | null;
        };
        CallPage: {
            /** @description The newest first. */
            data: components["schemas"]["Call"][];
            /** @description For the next page, as `cursor`; null when all has been looked at. */
            next_cursor: string | null;
        };
        CallStats: {
            /**
             * Format: date-time
             * @description Since when they were accepted. ISO 8601 in UTC, with milliseconds.
             */
            since: string;
            /** @description How many there were. */
            total: number;
            /** @description There were more than are counted: these are the newest. */
            truncated: boolean;
            by_status: {
                [key: string]: number;
            };
            by_failure_reason: {
                [key: string]: number;
            };
            /** @description Answered calls of those that were dialled and are answered or over; null where there is none. */
            answer_ratio: number | null;
            /** @description Of answered calls that are over. */
            average_duration_seconds: number | null;
            /** @description What waits to be dialled just now, of all users. */
            queue: {
                /** @description Calls that wait to be dialled. */
                waiting: number;
                /** @description How long the oldest of them has been waiting. */
                oldest_waiting_seconds: number | null;
            };
        };
        Timeline: {
            /**
             * Format: uuid
             * @description The call’s id (UUIDv7).
             */
            call_id: string;
            /** @description The oldest first. */
            data: components["schemas"]["TimelineEntry"][];
            /** @description For the next page, as `cursor`; null on the last. */
            next_cursor: string | null;
        };
        StreamTicket: {
            /** @description To be sent as `ticket` with the address of a stream. It cannot be shown again. */
            ticket: string;
            /** @description How long it waits for its use, in seconds. */
            expires_in: number;
        };
        TimelineEntry: {
            /** @description Its running number; greater than those of the call’s entries before it. */
            id: string;
            /** @description What happened: `created`, `claimed`, `dial_sent`, `ringing`, `answered`, `hung_up` and so on. The list may grow. */
            event: string;
            /** @description The status that the call got by it, or null. */
            status: components["schemas"]["CallStatus"] | null;
            /**
             * Format: date-time
             * @description When it happened; of what came from Asterisk, when it was received. ISO 8601 in UTC, with milliseconds.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it happened by Asterisk’s own clock; null for what did not come from it. ISO 8601 in UTC, with milliseconds.
             */
            asterisk_at: string | null;
            /**
             * @description Where it is known from.
             * @enum {unknown}
             */
            source: "api" | "worker" | "asterisk" | "sweep";
            /** @description What else is known: causes, reasons, the attempt. */
            detail: Record<string, never>;
        };
        Batch: {
            /** @description How many of the calls were accepted. */
            accepted: number;
            /** @description How many were not. */
            refused: number;
            /** @description In the order of the request. */
            results: {
                /** @description The HTTP status that the call would have got alone. */
                status: number;
                /** @description Null where it was refused. */
                call: components["schemas"]["AcceptedCall"] | null;
                /** @description This is the first answer to its `idempotency_key` again. */
                replayed: boolean;
                /** @description Why it was refused. */
                problem: components["schemas"]["Problem"] | null;
                /** @description After how many seconds it may be asked for again, where that is known. */
                retry_after: number | null;
            }[];
        };
        CallCheck: {
            /** @description Whether the call would be accepted just now. */
            acceptable: boolean;
            /** @description The number as it was asked for. */
            phone_number: string;
            /** @description The same in E.164 form, or the digits of an extension; null where it may not be called. */
            number: string | null;
            /** @description Where the number is at home (ISO 3166-1 alpha-2), where that can be told. */
            country: string | null;
            /**
             * Format: date-time
             * @description It would wait until then. Null: it would be dialled at once. ISO 8601 in UTC, with milliseconds.
             */
            not_before: string | null;
            /** @description The HTTP status that the call would get. */
            status: number;
            /** @description Why it would be refused. */
            problem: components["schemas"]["Problem"] | null;
            /** @description After how many seconds it may be asked for again, where that is known. */
            retry_after: number | null;
        };
        /**
         * @description - `pending`: accepted, waits to be dialled
         *     - `dialing`: the one dial request of its life is being sent
         *     - `ringing`: the far end says that it rings
         *     - `answered`: somebody picked up; the call runs its dialplan context
         *     - `completed`: final: it was answered and is over
         *     - `busy`: final: the line was busy, or the callee declined
         *     - `no_answer`: final: it rang, and nobody picked up in time
         *     - `failed`: final: it could not be put through; `failure_reason` says why
         *     - `canceled`: final: the client took it back before anybody answered
         * @enum {string}
         */
        CallStatus: "pending" | "dialing" | "ringing" | "answered" | "completed" | "busy" | "no_answer" | "failed" | "canceled";
        /**
         * @description - `declined`: The callee pushed the call away (SIP 603).
         *     - `unreachable`: The far end never rang: a dead trunk, a dead phone, no way there.
         *     - `invalid_number`: The network knows no such number, or the number is incomplete.
         *     - `number_changed`: The number is no longer in use.
         *     - `rejected`: The far end or the trunk refused the call.
         *     - `redirected`: The far end pointed to another number; calls are not forwarded.
         *     - `routing_loop`: The call went in circles on its way (SIP 483).
         *     - `congestion`: The network or the trunk had no room or was out of order.
         *     - `media`: The two sides share no codec or bearer.
         *     - `interworking`: The far end answered with something that has no better name (Q.850 127).
         *     - `hung_up_locally`: Asterisk or its operator ended the call before anybody answered.
         *     - `dialplan_missing`: The dialplan has no such context, extension and priority. Nobody was rung.
         *     - `trunk_unavailable`: Asterisk could not make a channel for the endpoint. Nobody was rung.
         *     - `invalid_request`: Asterisk refused to create the channel as malformed. Nobody was rung.
         *     - `not_allowed`: Settings, the user’s permissions or suspension, the do-not-call list or the hour forbid it by now. Nobody was rung.
         *     - `not_dialed`: Asterisk refused the dial request, or never got it. Nobody was rung.
         *     - `expired`: It was not dialled before its time was over. Nobody was rung.
         *     - `outcome_unknown`: It was dialled, and what became of it could not be seen.
         *     - `lost`: It ended while nobody could see how.
         *     - `asterisk_restarted`: Asterisk was restarted while the call was up.
         *     - `other`: It failed with a hangup cause that has no word of its own; see the cause.
         * @enum {string}
         */
        FailureReason: "declined" | "unreachable" | "invalid_number" | "number_changed" | "rejected" | "redirected" | "routing_loop" | "congestion" | "media" | "interworking" | "hung_up_locally" | "dialplan_missing" | "trunk_unavailable" | "invalid_request" | "not_allowed" | "not_dialed" | "expired" | "outcome_unknown" | "lost" | "asterisk_restarted" | "other";
        Token: {
            /** @description To be sent as `Authorization: Bearer …`. */
            access_token: string;
            /** @constant */
            token_type: "bearer";
            /** @description How long it is good for, in seconds. */
            expires_in: number;
            /** @description What it may do: words with spaces between them. */
            scope: string;
        };
        Key: {
            /**
             * Format: uuid
             * @description The key’s id (UUIDv7).
             */
            key_id: string;
            /** @description Whose key it is. */
            username: string;
            /** @description What it is for. */
            name: string;
            /** @description What stands in the key behind `dg_`. */
            prefix: string;
            /** @description What it may do, as far as its user’s role allows it. */
            scopes: string[];
            /** @description Addresses and networks that it may be used from; from anywhere when empty. */
            allowed_from: string[];
            /**
             * Format: date-time
             * @description When it was made. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it is void. Null: never. ISO 8601 in UTC, with milliseconds.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When it was used last, to the minute. Null: never. ISO 8601 in UTC, with milliseconds.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it was revoked. Null: it was not. ISO 8601 in UTC, with milliseconds.
             */
            revoked_at: string | null;
        };
        NewKey: {
            /**
             * Format: uuid
             * @description The key’s id (UUIDv7).
             */
            key_id: string;
            /** @description Whose key it is. */
            username: string;
            /** @description What it is for. */
            name: string;
            /** @description What stands in the key behind `dg_`. */
            prefix: string;
            /** @description What it may do, as far as its user’s role allows it. */
            scopes: string[];
            /** @description Addresses and networks that it may be used from; from anywhere when empty. */
            allowed_from: string[];
            /**
             * Format: date-time
             * @description When it was made. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it is void. Null: never. ISO 8601 in UTC, with milliseconds.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When it was used last, to the minute. Null: never. ISO 8601 in UTC, with milliseconds.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it was revoked. Null: it was not. ISO 8601 in UTC, with milliseconds.
             */
            revoked_at: string | null;
            /** @description To be sent as `Authorization: Bearer …`. It cannot be shown again. */
            key: string;
        };
        Keys: {
            keys: components["schemas"]["Key"][];
        };
        Alive: {
            /** @constant */
            status: "ok";
        };
        Health: {
            /**
             * @description `ok`: a call posted now would leave. `degraded`: calls are accepted and something needs a person; `reasons` says whether they leave. `down`: no call can be accepted.
             * @enum {unknown}
             */
            status: "ok" | "degraded" | "down";
            /**
             * Format: date-time
             * @description Since when this process sees the status. ISO 8601 in UTC, with milliseconds.
             */
            since: string;
            /** @description The version of this program. */
            version: string;
            /** @description The commit that it was built from; for admins. */
            commit: string | null;
            /** @description What is wrong, in sentences. */
            problems: string[];
            /** @description The same for programs. */
            reasons: components["schemas"]["HealthReason"][];
            database: {
                /** @enum {unknown} */
                status: "ok" | "down";
            };
            redis: {
                /** @enum {unknown} */
                status: "ok" | "down";
            };
            /** @description Null while PostgreSQL cannot be asked. */
            queue: {
                /** @description Calls that wait to be dialled. */
                waiting: number;
                /** @description How long the oldest of them has been waiting. */
                oldest_waiting_seconds: number | null;
            } | null;
            /** @description What all workers keep. Null while Redis cannot be asked. */
            facts: {
                /** @description Pending writes: what workers know of calls and have not written down yet; many while one is without PostgreSQL. */
                waiting: number;
                /** @description How many were dropped since the workers’ start, because 50,000 were waiting at one of them. */
                dropped: number;
            } | null;
            /** @description How many there are, null while PostgreSQL cannot be asked; for admins each of them, and then what they say of themselves. */
            workers: {
                /** @description How many there are. */
                total: number;
                /** @description Those whose Asterisk is connected. */
                connected: number;
            } | {
                /** @description What its Asterisk is called. */
                asterisk: string;
                /** @description Which Asterisk it is, as that says itself. */
                entity_id: string | null;
                /** @description Number of its slot. */
                slot: number | null;
                /** @description Its application in Asterisk. */
                app: string | null;
                /** @description Host and process. */
                holder: string | null;
                /**
                 * @description How it stands with Asterisk: `reasons` beside it says what each word but `connected` means.
                 * @enum {unknown}
                 */
                connection: "connected" | "connecting" | "unreachable" | "closed" | "unauthorized" | "read_only" | "no_ari_events" | "no_ari_asterisk" | "no_ari_applications" | "no_ari_channels" | "foreign_application" | "replaced" | "other_asterisk" | "too_old" | null;
                /** @description Whether it can have calls dialled just now. */
                ready: boolean | null;
                /**
                 * Format: date-time
                 * @description Since when the connection is so. ISO 8601 in UTC, with milliseconds.
                 */
                since: string | null;
                /** @description Version of Asterisk. */
                version: string | null;
                /** @description Calls it looks after. */
                active_calls: number | null;
                /** @description How many of the last 50 channels that it asked for were made. */
                answered_rate: number | null;
                /**
                 * @description open: calls go to other Asterisks for 10 s.
                 * @enum {unknown}
                 */
                breaker: "closed" | "open" | "half_open" | null;
                /** @description Of this worker; null when it is not known. */
                facts_waiting: number | null;
                /** @description Of this worker; null when it is not known. */
                facts_dropped: number | null;
                /** @description Version of the worker itself. */
                worker_version: string | null;
                /** @description The commit that it was built from. */
                worker_commit: string | null;
            }[] | null;
            /** @description The Asterisks that have a worker or open calls, or had a worker within the last day: how many, and for admins each of them. Null while PostgreSQL cannot be asked. */
            boxes: {
                /** @description How many there are. */
                total: number;
                /** @description Those with a worker that can have calls dialled. */
                ready: number;
            } | {
                /** @description What its workers call it. */
                names: string[];
                /** @description Which Asterisk it is, as that says itself. */
                entity_id: string | null;
                /** @description Its workers: 0 when all are gone. */
                held_slots: number;
                /** @description Whether one of them can have calls dialled just now. */
                ready: boolean;
                /** @description Open calls on it, also those that nobody looks after. */
                active_calls: number;
                /** @description The lowest of its workers; null when none says one. */
                answered_rate: number | null;
                /**
                 * @description The least open of its workers: open when all are, closed when one is.
                 * @enum {unknown}
                 */
                breaker: "closed" | "open" | "half_open" | null;
            }[] | null;
            /** @description Every process that says that it runs; for admins. Null while Redis cannot be asked. */
            processes: {
                /** @description `api`, `ari-worker` or `webhook-worker`. */
                service: string;
                /** @description Host and process. */
                holder: string;
                /** @description Its version. */
                version: string | null;
                /** @description The commit that it was built from. */
                commit: string | null;
            }[] | null;
        };
        HealthReason: {
            /**
             * @description What is wrong, for programs. The list may grow.
             * @example database_away
             * @example database_refuses
             * @example database_slow
             * @example redis_away
             * @example redis_refuses
             * @example no_worker
             * @example no_worker_ready
             * @example queue_stands_still
             * @example channels_refused
             * @example some_channels_refused
             * @example breaker_open
             * @example not_reconciled
             * @example worker_cut_off
             * @example calls_left
             * @example box_without_worker
             * @example writes_late
             * @example writes_dropped
             * @example loses_commits
             * @example asterisk_connecting
             * @example asterisk_unreachable
             * @example asterisk_closed
             * @example asterisk_unauthorized
             * @example asterisk_read_only
             * @example asterisk_no_ari_events
             * @example asterisk_no_ari_asterisk
             * @example asterisk_no_ari_applications
             * @example asterisk_no_ari_channels
             * @example asterisk_foreign_application
             * @example asterisk_replaced
             * @example asterisk_other_asterisk
             * @example asterisk_too_old
             */
            code: string;
            /**
             * @description `accepting`: no call is taken. `leaving`: a call posted now would not be dialled before this is mended. Null: calls go on.
             * @enum {unknown}
             */
            stops: "accepting" | "leaving" | null;
            /** @description What is wrong, for people. */
            problem: string;
            /** @description The part of the guide that says how to mend it. */
            guide: string;
        };
        AuditPage: {
            /** @description The latest first. */
            entries: {
                /** @description Its number in the trail. */
                id: string;
                /**
                 * Format: date-time
                 * @description When it happened. ISO 8601 in UTC, with milliseconds.
                 */
                at: string;
                /**
                 * @description What happened. The list may grow.
                 *
                 *     - `login_succeeded`: Somebody logged in with the right password.
                 *     - `login_failed`: Somebody tried a name and a password that do not belong together.
                 *     - `login_locked`: Wrong logins have locked an address, an account, or both for a while.
                 *     - `token_issued`: An access token was given out.
                 *     - `token_revoked`: Access tokens were made void before their time.
                 *     - `key_created`: An API key was made.
                 *     - `key_revoked`: An API key was made void.
                 *     - `user_created`: A user was added.
                 *     - `user_disabled`: A user was switched off.
                 *     - `user_enabled`: A user was switched on again.
                 *     - `user_suspended`: The toll fraud breaker has stopped a user from placing calls.
                 *     - `user_suspension_lifted`: A user who was suspended may place calls again.
                 *     - `user_permissions_changed`: A user got lists of their own: contexts, extensions, priorities, caller IDs or hosts of webhooks.
                 *     - `user_limits_changed`: A user got limits of their own.
                 *     - `user_role_changed`: A user got another role.
                 *     - `user_password_changed`: A user got another password.
                 *     - `do_not_call_changed`: Numbers were put on the do-not-call list, or taken off it.
                 *     - `webhook_created`: An endpoint for webhooks was added.
                 *     - `webhook_changed`: An endpoint for webhooks was changed, switched on or switched off.
                 *     - `webhook_deleted`: An endpoint for webhooks was removed.
                 *     - `webhook_secret_rotated`: An endpoint for webhooks got another secret.
                 *     - `call_webhook_secret_rotated`: A user got a secret, or another, for the webhooks that their calls name.
                 *     - `webhook_replayed`: Webhooks were asked for again.
                 *     - `call_refused`: A request for a call was refused by a policy or a limit.
                 *     - `call_canceled`: A call was asked to end.
                 *     - `board_visited`: An admin looked into the queues or at the page of recent calls; one entry an hour for each user and address.
                 * @enum {string}
                 */
                event: "login_succeeded" | "login_failed" | "login_locked" | "token_issued" | "token_revoked" | "key_created" | "key_revoked" | "user_created" | "user_disabled" | "user_enabled" | "user_suspended" | "user_suspension_lifted" | "user_permissions_changed" | "user_limits_changed" | "user_role_changed" | "user_password_changed" | "do_not_call_changed" | "webhook_created" | "webhook_changed" | "webhook_deleted" | "webhook_secret_rotated" | "call_webhook_secret_rotated" | "webhook_replayed" | "call_refused" | "call_canceled" | "board_visited";
                /**
                 * @description Where it was done.
                 * @enum {unknown}
                 */
                source: "api" | "cli" | "setup";
                /** @description Who did it; null when nobody was logged in. */
                user_id: string | null;
                /** @description That user’s name. With a wrong login the name that was tried; of one that is no user’s, the first three characters. */
                user: string | null;
                /**
                 * @description What it was done to.
                 * @enum {unknown}
                 */
                subject_kind: "user" | "call" | "key" | "webhook" | null;
                /** @description Name of the user, id of the call, the key or the webhook. */
                subject: string | null;
                /** @description The client’s address. */
                address: string | null;
                /** @description The `X-Request-ID` of the answer. */
                request_id: string | null;
                /** @description What else is known, such as the `code` of a refusal and the last three digits of its number. `suppressed`: so many more of these came within a minute from the same user or address, or, without either, from all together. */
                detail: Record<string, never>;
            }[];
            /** @description For the next page, as `cursor`; null on the last. */
            next_cursor: string | null;
        };
        About: {
            /** @constant */
            name: "dialgate";
            /** @description The version of this program. */
            version: string;
            /** @description Where to go on. */
            links: {
                [key: string]: string;
            };
        };
        CurrentCall: {
            /**
             * Format: uuid
             * @description The call’s id (UUIDv7).
             */
            call_id: string;
            /**
             * Format: date-time
             * @description When the call was accepted. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /** @description The number as it was asked for; null when it was erased. */
            phone_number: string | null;
            status: components["schemas"]["CallStatus"];
            /** @description Its channel in Asterisk; null before a worker took the call. */
            channel: string | null;
            /** @description Dialplan context. */
            context: string;
            /** @description Extension in the context. */
            extension: string;
            /** @description Priority in the extension. */
            priority: number;
            /** @description The number or extension that the callee is connected to; null for none, or when it was erased. */
            connect_to: string | null;
            /** @description Who the callee sees calling. */
            caller_id: string | null;
            /**
             * Format: date-time
             * @description It waits until then. Null: it may be dialled at once. ISO 8601 in UTC, with milliseconds.
             */
            not_before: string | null;
            /** @description The hours it was ordered for; null for any. */
            calling_window: {
                /** @description Such as `mon-fri 09:00-18:00`. */
                spans: string[];
                /** @description It is dialled only when the clocks on the wall in all of these show such a time. */
                time_zones: string[];
            } | null;
            /**
             * Format: date-time
             * @description When it was dialled. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            dialed_at: string | null;
            /**
             * Format: date-time
             * @description When it began to ring. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            ringing_at: string | null;
            /**
             * Format: date-time
             * @description When somebody picked up. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            answered_at: string | null;
            /**
             * Format: date-time
             * @description When it was over. Null while it has not come. ISO 8601 in UTC, with milliseconds.
             */
            ended_at: string | null;
            /** @description Whole seconds from answer to end; null if it was never answered or is still up. */
            duration: number | null;
            /** @description Why it did not simply take its course. Always set with `failed`. */
            failure_reason: components["schemas"]["FailureReason"] | null;
            /** @description Q.850 cause, as Asterisk gave it. */
            hangup_cause: number | null;
            /** @description The cause’s name in Q.850. */
            hangup_cause_text: string | null;
            /** @description The SIP response that ended it, if there was one. */
            sip_status: number | null;
            /**
             * @description Who hung up.
             * @enum {unknown}
             */
            hangup_by: "callee" | "gateway" | "dialplan" | "unknown" | null;
            /** @description Which attempt to dial it this is. */
            attempt_number: number;
            /** @description Not in a final status. */
            is_active: boolean;
            /** @description In a final status, whichever. */
            is_completed: boolean;
            /** @description What the request said, or null. */
            metadata: unknown;
            /** @description What the dialplan has said of the call since it was answered, such as `AMDSTATUS`: the variables that the operator names in `RESULT_VARIABLES`, and the fields of user events called `DialgateResult`. Texts of the dialplan; nothing is decided by them. */
            results: {
                [key: string]: string;
            };
            /**
             * Format: uuid
             * @description The first call of the order that this one was made for; null for a first call and for one by itself.
             */
            attempt_of: string | null;
            /** @description Which of the calls of its order this is. */
            try_number: number;
            /** @description The order to be called again (`retry`) that this call belongs to, as it stands; null for a call without one. */
            order: {
                /**
                 * @description - `open`: a call of it is under way, or another may come
                 *     - `canceling`: the client has ended it; its last call is not over yet
                 *     - `finished`: nothing more comes of it
                 * @enum {string}
                 */
                state: "open" | "canceling" | "finished";
                /** @description What came of the order: the status of its last call; null before its end. */
                result: components["schemas"]["CallStatus"] | null;
                /** @description Why it is over; null before. */
                end: ("answered" | "not_retried" | "exhausted" | "canceled" | "out_of_time" | "refused" | "erased") | null;
                /** @description With the end `refused`: the code of the refusal. */
                refusal: string | null;
                /** @description How many calls more there may be. */
                max: number;
                /** @description After what. */
                on: ("busy" | "no_answer" | "unreachable")[];
                /** @description How many seconds after the end of a call the next is made. */
                after: number;
                /**
                 * Format: date-time
                 * @description No call is made after this. ISO 8601 in UTC, with milliseconds.
                 */
                ends_at: string;
                /** @description The ids of its calls so far, the first one first. */
                calls: string[];
                /**
                 * Format: date-time
                 * @description When the next call is due. Null while none is. ISO 8601 in UTC, with milliseconds.
                 */
                next_try_at: string | null;
                /**
                 * Format: date-time
                 * @description When it was over. Null before. ISO 8601 in UTC, with milliseconds.
                 */
                finished_at: string | null;
            } | null;
            /**
             * Format: date-time
             * @description When number, caller ID, variables, metadata and results were erased (`PERSONAL_DATA_DAYS`); null for a call that still has them. ISO 8601 in UTC, with milliseconds.
             */
            erased_at: string | null;
            /** @description Where it waits; null when it does not, or a worker has taken it. */
            queue: {
                /** @description Its place among the calls that wait, by when they became due. Null while it waits for its time, and when more than 1,000 wait. */
                position: number | null;
                /**
                 * Format: date-time
                 * @description When it will about be dialled, by the pace and the room that are configured; of a call that waits for its time, that time. Null where nobody can know: no worker can take calls, an Asterisk has limits of its own, or the call has to wait for the end of another. ISO 8601 in UTC, with milliseconds.
                 */
                estimated_start: string | null;
            } | null;
        };
        Webhook: {
            /**
             * Format: uuid
             * @description The endpoint’s id (UUIDv7).
             */
            webhook_id: string;
            /** @description Whose calls it is told of. */
            username: string;
            /** @description Where events are posted to. */
            url: string;
            /** @description For people. */
            description: string | null;
            /** @description Whether it stands for the `webhook_url` of calls at one host: `url` is its origin then, and the secret that of the user. */
            per_call: boolean;
            /** @description Which events are sent. */
            events: ("call.*" | "call.pending" | "call.dialing" | "call.ringing" | "call.answered" | "call.completed" | "call.busy" | "call.no_answer" | "call.failed" | "call.canceled" | "call.order_finished")[];
            /** @description Whether anything is sent. */
            enabled: boolean;
            /**
             * Format: date-time
             * @description Since when nothing is sent. ISO 8601 in UTC, with milliseconds.
             */
            disabled_at: string | null;
            /**
             * @description `gone`: it answered 410. `failing`: nothing has succeeded for three days.
             * @enum {unknown}
             */
            disabled_reason: "by_user" | "gone" | "failing" | null;
            /**
             * Format: date-time
             * @description Since when no delivery has succeeded; null after one that did. ISO 8601 in UTC, with milliseconds.
             */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description Until when deliveries are signed with the secret before the last rotation as well. ISO 8601 in UTC, with milliseconds.
             */
            previous_secret_until: string | null;
            /**
             * Format: date-time
             * @description When it was made. It is told what happened since. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
        };
        NewWebhook: {
            /**
             * Format: uuid
             * @description The endpoint’s id (UUIDv7).
             */
            webhook_id: string;
            /** @description Whose calls it is told of. */
            username: string;
            /** @description Where events are posted to. */
            url: string;
            /** @description For people. */
            description: string | null;
            /** @description Whether it stands for the `webhook_url` of calls at one host: `url` is its origin then, and the secret that of the user. */
            per_call: boolean;
            /** @description Which events are sent. */
            events: ("call.*" | "call.pending" | "call.dialing" | "call.ringing" | "call.answered" | "call.completed" | "call.busy" | "call.no_answer" | "call.failed" | "call.canceled" | "call.order_finished")[];
            /** @description Whether anything is sent. */
            enabled: boolean;
            /**
             * Format: date-time
             * @description Since when nothing is sent. ISO 8601 in UTC, with milliseconds.
             */
            disabled_at: string | null;
            /**
             * @description `gone`: it answered 410. `failing`: nothing has succeeded for three days.
             * @enum {unknown}
             */
            disabled_reason: "by_user" | "gone" | "failing" | null;
            /**
             * Format: date-time
             * @description Since when no delivery has succeeded; null after one that did. ISO 8601 in UTC, with milliseconds.
             */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description Until when deliveries are signed with the secret before the last rotation as well. ISO 8601 in UTC, with milliseconds.
             */
            previous_secret_until: string | null;
            /**
             * Format: date-time
             * @description When it was made. It is told what happened since. ISO 8601 in UTC, with milliseconds.
             */
            created_at: string;
            /** @description What deliveries are signed with: `whsec_` and base64. It cannot be shown again. */
            secret: string;
        };
        CallWebhookSecret: {
            /** @description Whose calls it is for. */
            username: string;
            /** @description What their reports are signed with: `whsec_` and base64. It cannot be shown again. */
            secret: string;
            /**
             * Format: date-time
             * @description Until when they are signed with the one before as well; null for the first. ISO 8601 in UTC, with milliseconds.
             */
            previous_secret_until: string | null;
        };
        Webhooks: {
            webhooks: components["schemas"]["Webhook"][];
        };
        WebhookDeliveries: {
            /** @description The newest first. */
            deliveries: {
                /**
                 * Format: uuid
                 * @description The `webhook-id`: the same in every attempt.
                 */
                delivery_id: string;
                /** @description The type of the event. */
                type: string;
                /**
                 * Format: uuid
                 * @description Null for a test.
                 */
                call_id: string | null;
                /** @description The number of the event among the call’s. */
                sequence: number | null;
                /**
                 * Format: date-time
                 * @description When it happened. ISO 8601 in UTC, with milliseconds.
                 */
                timestamp: string;
                /**
                 * @description `waiting`: it is being sent, or tried again.
                 * @enum {unknown}
                 */
                status: "waiting" | "delivered" | "failed";
                /**
                 * Format: date-time
                 * @description When it is tried next. ISO 8601 in UTC, with milliseconds.
                 */
                next_attempt_at: string | null;
                /** @description The last ten. */
                attempts: {
                    /** @description 1, 2, 3 … */
                    attempt: number;
                    /**
                     * Format: date-time
                     * @description When it was over. ISO 8601 in UTC, with milliseconds.
                     */
                    at: string;
                    /** @description What the receiver answered; null when it did not. */
                    http_status: number | null;
                    /** @description Why there was no answer: `address_refused`, `https_required`, `timeout`, `unreachable`, `tls` or `call_gone`. */
                    error: string | null;
                    /** @description How long it took, in milliseconds. */
                    duration_ms: number;
                }[];
            }[];
            /** @description For the next page, as `cursor`; null on the last. */
            next_cursor: string | null;
        };
        QueuedDelivery: {
            /**
             * Format: uuid
             * @description The `webhook-id` that it has.
             */
            delivery_id: string;
        };
        Replayed: {
            /** @description How many deliveries that makes. */
            replayed: number;
        };
        CallEvent: {
            /**
             * @description - `call.pending`: accepted, waits to be dialled
             *     - `call.dialing`: the one dial request of its life is being sent
             *     - `call.ringing`: the far end says that it rings
             *     - `call.answered`: somebody picked up; the call runs its dialplan context
             *     - `call.completed`: final: it was answered and is over
             *     - `call.busy`: final: the line was busy, or the callee declined
             *     - `call.no_answer`: final: it rang, and nobody picked up in time
             *     - `call.failed`: final: it could not be put through; `failure_reason` says why
             *     - `call.canceled`: final: the client took it back before anybody answered
             *     - `call.order_finished`: the order to be called again that it belongs to (`retry`) is over; it was the last call
             * @enum {string}
             */
            type: "call.pending" | "call.dialing" | "call.ringing" | "call.answered" | "call.completed" | "call.busy" | "call.no_answer" | "call.failed" | "call.canceled" | "call.order_finished";
            /**
             * Format: date-time
             * @description When it happened. ISO 8601 in UTC, with milliseconds.
             */
            timestamp: string;
            /** @description The call as it was then. */
            data: {
                /**
                 * Format: uuid
                 * @description The call’s id (UUIDv7).
                 */
                call_id: string;
                /**
                 * Format: date-time
                 * @description When the call was accepted. ISO 8601 in UTC, with milliseconds.
                 */
                created_at: string;
                /** @description The number as it was asked for; null when it was erased. */
                phone_number: string | null;
                status: components["schemas"]["CallStatus"];
                /** @description Its channel in Asterisk; null before a worker took the call. */
                channel: string | null;
                /** @description Dialplan context. */
                context: string;
                /** @description Extension in the context. */
                extension: string;
                /** @description Priority in the extension. */
                priority: number;
                /** @description The number or extension that the callee is connected to; null for none, or when it was erased. */
                connect_to: string | null;
                /** @description Who the callee sees calling. */
                caller_id: string | null;
                /**
                 * Format: date-time
                 * @description It waits until then. Null: it may be dialled at once. ISO 8601 in UTC, with milliseconds.
                 */
                not_before: string | null;
                /** @description The hours it was ordered for; null for any. */
                calling_window: {
                    /** @description Such as `mon-fri 09:00-18:00`. */
                    spans: string[];
                    /** @description It is dialled only when the clocks on the wall in all of these show such a time. */
                    time_zones: string[];
                } | null;
                /**
                 * Format: date-time
                 * @description When it was dialled. Null while it has not come. ISO 8601 in UTC, with milliseconds.
                 */
                dialed_at: string | null;
                /**
                 * Format: date-time
                 * @description When it began to ring. Null while it has not come. ISO 8601 in UTC, with milliseconds.
                 */
                ringing_at: string | null;
                /**
                 * Format: date-time
                 * @description When somebody picked up. Null while it has not come. ISO 8601 in UTC, with milliseconds.
                 */
                answered_at: string | null;
                /**
                 * Format: date-time
                 * @description When it was over. Null while it has not come. ISO 8601 in UTC, with milliseconds.
                 */
                ended_at: string | null;
                /** @description Whole seconds from answer to end; null if it was never answered or is still up. */
                duration: number | null;
                /** @description Why it did not simply take its course. Always set with `failed`. */
                failure_reason: components["schemas"]["FailureReason"] | null;
                /** @description Q.850 cause, as Asterisk gave it. */
                hangup_cause: number | null;
                /** @description The cause’s name in Q.850. */
                hangup_cause_text: string | null;
                /** @description The SIP response that ended it, if there was one. */
                sip_status: number | null;
                /**
                 * @description Who hung up.
                 * @enum {unknown}
                 */
                hangup_by: "callee" | "gateway" | "dialplan" | "unknown" | null;
                /** @description Which attempt to dial it this is. */
                attempt_number: number;
                /** @description Not in a final status. */
                is_active: boolean;
                /** @description In a final status, whichever. */
                is_completed: boolean;
                /** @description What the request said, or null. */
                metadata: unknown;
                /** @description What the dialplan has said of the call since it was answered, such as `AMDSTATUS`: the variables that the operator names in `RESULT_VARIABLES`, and the fields of user events called `DialgateResult`. Texts of the dialplan; nothing is decided by them. */
                results: {
                    [key: string]: string;
                };
                /**
                 * Format: uuid
                 * @description The first call of the order that this one was made for; null for a first call and for one by itself.
                 */
                attempt_of: string | null;
                /** @description Which of the calls of its order this is. */
                try_number: number;
                /** @description The order to be called again (`retry`) that this call belongs to, as it stands; null for a call without one. */
                order: {
                    /**
                     * @description - `open`: a call of it is under way, or another may come
                     *     - `canceling`: the client has ended it; its last call is not over yet
                     *     - `finished`: nothing more comes of it
                     * @enum {string}
                     */
                    state: "open" | "canceling" | "finished";
                    /** @description What came of the order: the status of its last call; null before its end. */
                    result: components["schemas"]["CallStatus"] | null;
                    /** @description Why it is over; null before. */
                    end: ("answered" | "not_retried" | "exhausted" | "canceled" | "out_of_time" | "refused" | "erased") | null;
                    /** @description With the end `refused`: the code of the refusal. */
                    refusal: string | null;
                    /** @description How many calls more there may be. */
                    max: number;
                    /** @description After what. */
                    on: ("busy" | "no_answer" | "unreachable")[];
                    /** @description How many seconds after the end of a call the next is made. */
                    after: number;
                    /**
                     * Format: date-time
                     * @description No call is made after this. ISO 8601 in UTC, with milliseconds.
                     */
                    ends_at: string;
                    /** @description The ids of its calls so far, the first one first. */
                    calls: string[];
                    /**
                     * Format: date-time
                     * @description When the next call is due. Null while none is. ISO 8601 in UTC, with milliseconds.
                     */
                    next_try_at: string | null;
                    /**
                     * Format: date-time
                     * @description When it was over. Null before. ISO 8601 in UTC, with milliseconds.
                     */
                    finished_at: string | null;
                } | null;
                /**
                 * Format: date-time
                 * @description When number, caller ID, variables, metadata and results were erased (`PERSONAL_DATA_DAYS`); null for a call that still has them. ISO 8601 in UTC, with milliseconds.
                 */
                erased_at: string | null;
                /** @description 1, 2, 3 … of the call’s events: events may overtake each other. */
                sequence: number;
            };
        };
        TestEvent: {
            /**
             * @description Somebody asked for a test. It tells of no call.
             * @constant
             */
            type: "webhook.test";
            /**
             * Format: date-time
             * @description When it was asked for. ISO 8601 in UTC, with milliseconds.
             */
            timestamp: string;
            data: {
                /** @constant */
                test: true;
            };
        };
        /** @description Whatever an endpoint is sent. */
        WebhookEvent: components["schemas"]["CallEvent"] | components["schemas"]["TestEvent"];
        CallOptions: {
            /**
             * @description Dialplan context an answered call goes to; one of `ALLOWED_CONTEXTS`. Without it `DEFAULT_CONTEXT`. It must be 1 to 79 of letters, digits, - and _.
             * @example outbound-ivr
             */
            context?: string;
            /**
             * @description Extension in the context, one of `ALLOWED_EXTENSIONS`; without it `DEFAULT_EXTENSION`. It must be 1 to 79 of letters, digits, -, _, *, # and +, and not begin with _.
             * @example s
             */
            extension?: string;
            /**
             * @description Priority in the extension, one of `ALLOWED_PRIORITIES`; without it `DEFAULT_PRIORITY`.
             * @example 1
             */
            priority?: number;
            /**
             * @description A second number that the callee is connected to when they have answered, judged and counted like the first, or an internal extension that `CONNECT_EXTENSIONS` names. Where `CONNECT_CONTEXT` is set; it is where the call goes on, so that `context`, `extension` and `priority` cannot be said as well. `timeout` holds for both phones.
             * @example +33187654321
             */
            connect_to?: string;
            /**
             * @description How long it may ring, in milliseconds; without it `DEFAULT_TIMEOUT`.
             * @example 30000
             */
            timeout?: number;
            /**
             * @description Who the callee sees calling, the number one of `ALLOWED_CALLER_IDS`; without it `DEFAULT_CALLER_ID`. It must be a number or `"Name" <number>`, the name without quotes, backslashes and control characters.
             * @example "Support" <+33123456789>
             */
            caller_id?: string;
            /**
             * @description Channel variables for the dialplan. Which may be set the operator says with ALLOWED_VARIABLES: names that begin with DG_ unless set otherwise. At most 4096 bytes of UTF-8 in all, names included. Values are printable, and hostile to a dialplan that evaluates them: there use FILTER(). Names that mean something to Asterisk or to Dialgate are refused, whatever their case:
             *
             *     - is the name of a dialplan function: `CALLERID` `CONNECTEDLINE` `REDIRECTING` `CHANNEL` `CHANNELS` `GLOBAL` `TIMEOUT` `MASTER_CHANNEL` `SHARED` `ENV` `SHELL` `FILE` `DB` `CURL` `SYSTEM` `EVAL` `EXEC` `CDR` `CEL` `ODBC`
             *     - is set by Asterisk itself: `EXTEN` `CONTEXT` `PRIORITY` `UNIQUEID` `LINKEDID` `ACCOUNTCODE` `AMAFLAGS` `HINT` `HINTNAME` `EPOCH` `SYSTEMNAME` `ENTITYID` `CALLINGPRES` `CALLINGANI2` `CALLINGTON` `CALLINGTNS` `DNID` `RDNIS` `HANGUPCAUSE*`
             *     - is a result that applications leave for the dialplan: `ANSWEREDTIME` `CALLEDTIME` `CAUSECODE` `QUEUENAME` `QUEUESTATUS` `QUEUEPOSITION` `QUEUEMAX` `QUEUESTRATEGY` `QUEUECALLS` `QUEUEHOLDTIME` `TRANSFERSTATUS` `TRANSFERSTATUSPROTOCOL` `SYSTEMSTATUS` `DIALSTATUS*` `DIALED*` `STASIS*` `BRIDGE*` `AGI*` `RTPAUDIO*` `GOSUB*` `MACRO*`
             *     - steers transfers, recordings or other applications: `TRANSFER_CONTEXT` `TRANSFER_EXTEN` `FORWARD_CONTEXT` `FORWARDERNAME` `ABORT_DIAL_TIMEOUT` `BLINDTRANSFER` `ATTENDEDTRANSFER` `PARKINGLOT` `PARKINGSLOT` `PARKINGEXTEN` `PARKER` `SPYGROUP` `DYNAMIC_*` `OUTBOUND_GROUP*` `LIMIT_*` `MONITOR*` `MIXMONITOR*` `TOUCH_*` `ATTENDED_TRANSFER*` `FAXOPT*`
             *     - belongs to a channel driver or to Asterisk’s surroundings: `SIP*` `PJSIP*` `IAX*` `HTTP_*` `ARI_*` `AST_*` `ASTERISK*`
             *     - belongs to this gateway: `GW_*` `DIALGATE*`
             *     - means something to programs that read it back: `CONSTRUCTOR` `PROTOTYPE` `TOSTRING` `VALUEOF` `HASOWNPROPERTY`
             * @example {
             *       "DG_CUSTOMER_ID": "42"
             *     }
             */
            variables?: {
                [key: string]: string;
            };
            /**
             * @description A call that was not dialled within so many seconds ends `failed` with reason `expired` instead of ringing somebody late; without it `QUEUE_TTL_SECONDS`. Counts from the moment at which it may be dialled first.
             * @example 300
             */
            expires_in?: number;
            /**
             * @description Nobody is called before this time, at most 30 days ahead. The call waits as `pending`, and counts as open. A time that has passed says nothing.
             * @example 2026-01-15T09:30:00Z
             */
            not_before?: string;
            /**
             * @description The hours at which it may be dialled, by the clock on the wall. Outside of them it waits as `pending`, as long as `expires_in` lets it; that counts from their first beginning. Where `CALLING_WINDOW` is set, both must be open.
             * @example {
             *       "spans": [
             *         "mon-fri 09:00-18:00"
             *       ],
             *       "time_zone": "Europe/Paris"
             *     }
             */
            calling_window?: {
                /** @description Such as `08:00-21:00`, `mon-fri 09:00-18:00` or `sat 10:00-24:00`; in any of them. */
                spans: string[];
                /** @description Such as `Europe/Paris`. Without it, all that the number may be at home in. */
                time_zone?: string;
            };
            /**
             * @description Has the number called again where a call does not reach it: each time a call of its own, linked to the first by `attempt_of`, made when the one before is over and judged and limited like any other. `order` shows what came of it. `expires_in` holds for each of the calls. Ending any of them ends the order.
             * @example {
             *       "max": 2,
             *       "on": [
             *         "busy",
             *         "no_answer"
             *       ],
             *       "after": 600
             *     }
             */
            retry?: {
                /** @description How many calls more there may be. */
                max: number;
                /** @description After what: `busy`: The line was busy, or the callee declined: status `busy`. `no_answer`: Nobody picked up: status `no_answer`. `unreachable`: The call did not get as far as a phone: status `failed` with reason `unreachable`, `congestion` or `trunk_unavailable`. */
                on: ("busy" | "no_answer" | "unreachable")[];
                /** @description How many seconds after the end of a call the next is made; later where a limit or an hour has it wait. */
                after: number;
                /** @description No further call is made more than so many seconds after the first may be dialled; without it 86400. */
                within?: number;
            };
            /**
             * @description Where this call is reported to, beside one’s endpoints: every event of it, by Standard Webhooks 1.0.0, signed with the secret that `POST /webhook-secret` gives. Its host one of `ALLOWED_WEBHOOK_HOSTS`; else as the address of an endpoint. Each call of a `retry` is reported there. No answer shows it.
             * @example https://crm.example.com/calls/4711
             */
            webhook_url?: string;
            /**
             * @description Any JSON of yours, echoed with the call and never sent to Asterisk: at most 4096 bytes, nested at most 32 deep, no NUL characters, no key `__proto__`, no numbers above 9007199254740991 or, besides 0, below 0.000001 in size: send such as text.
             * @example {
             *       "order": 4711
             *     }
             */
            metadata?: unknown;
        };
        CallRequest: {
            /**
             * @description Dialplan context an answered call goes to; one of `ALLOWED_CONTEXTS`. Without it `DEFAULT_CONTEXT`. It must be 1 to 79 of letters, digits, - and _.
             * @example outbound-ivr
             */
            context?: string;
            /**
             * @description Extension in the context, one of `ALLOWED_EXTENSIONS`; without it `DEFAULT_EXTENSION`. It must be 1 to 79 of letters, digits, -, _, *, # and +, and not begin with _.
             * @example s
             */
            extension?: string;
            /**
             * @description Priority in the extension, one of `ALLOWED_PRIORITIES`; without it `DEFAULT_PRIORITY`.
             * @example 1
             */
            priority?: number;
            /**
             * @description A second number that the callee is connected to when they have answered, judged and counted like the first, or an internal extension that `CONNECT_EXTENSIONS` names. Where `CONNECT_CONTEXT` is set; it is where the call goes on, so that `context`, `extension` and `priority` cannot be said as well. `timeout` holds for both phones.
             * @example +33187654321
             */
            connect_to?: string;
            /**
             * @description How long it may ring, in milliseconds; without it `DEFAULT_TIMEOUT`.
             * @example 30000
             */
            timeout?: number;
            /**
             * @description Who the callee sees calling, the number one of `ALLOWED_CALLER_IDS`; without it `DEFAULT_CALLER_ID`. It must be a number or `"Name" <number>`, the name without quotes, backslashes and control characters.
             * @example "Support" <+33123456789>
             */
            caller_id?: string;
            /**
             * @description Channel variables for the dialplan. Which may be set the operator says with ALLOWED_VARIABLES: names that begin with DG_ unless set otherwise. At most 4096 bytes of UTF-8 in all, names included. Values are printable, and hostile to a dialplan that evaluates them: there use FILTER(). Names that mean something to Asterisk or to Dialgate are refused, whatever their case:
             *
             *     - is the name of a dialplan function: `CALLERID` `CONNECTEDLINE` `REDIRECTING` `CHANNEL` `CHANNELS` `GLOBAL` `TIMEOUT` `MASTER_CHANNEL` `SHARED` `ENV` `SHELL` `FILE` `DB` `CURL` `SYSTEM` `EVAL` `EXEC` `CDR` `CEL` `ODBC`
             *     - is set by Asterisk itself: `EXTEN` `CONTEXT` `PRIORITY` `UNIQUEID` `LINKEDID` `ACCOUNTCODE` `AMAFLAGS` `HINT` `HINTNAME` `EPOCH` `SYSTEMNAME` `ENTITYID` `CALLINGPRES` `CALLINGANI2` `CALLINGTON` `CALLINGTNS` `DNID` `RDNIS` `HANGUPCAUSE*`
             *     - is a result that applications leave for the dialplan: `ANSWEREDTIME` `CALLEDTIME` `CAUSECODE` `QUEUENAME` `QUEUESTATUS` `QUEUEPOSITION` `QUEUEMAX` `QUEUESTRATEGY` `QUEUECALLS` `QUEUEHOLDTIME` `TRANSFERSTATUS` `TRANSFERSTATUSPROTOCOL` `SYSTEMSTATUS` `DIALSTATUS*` `DIALED*` `STASIS*` `BRIDGE*` `AGI*` `RTPAUDIO*` `GOSUB*` `MACRO*`
             *     - steers transfers, recordings or other applications: `TRANSFER_CONTEXT` `TRANSFER_EXTEN` `FORWARD_CONTEXT` `FORWARDERNAME` `ABORT_DIAL_TIMEOUT` `BLINDTRANSFER` `ATTENDEDTRANSFER` `PARKINGLOT` `PARKINGSLOT` `PARKINGEXTEN` `PARKER` `SPYGROUP` `DYNAMIC_*` `OUTBOUND_GROUP*` `LIMIT_*` `MONITOR*` `MIXMONITOR*` `TOUCH_*` `ATTENDED_TRANSFER*` `FAXOPT*`
             *     - belongs to a channel driver or to Asterisk’s surroundings: `SIP*` `PJSIP*` `IAX*` `HTTP_*` `ARI_*` `AST_*` `ASTERISK*`
             *     - belongs to this gateway: `GW_*` `DIALGATE*`
             *     - means something to programs that read it back: `CONSTRUCTOR` `PROTOTYPE` `TOSTRING` `VALUEOF` `HASOWNPROPERTY`
             * @example {
             *       "DG_CUSTOMER_ID": "42"
             *     }
             */
            variables?: {
                [key: string]: string;
            };
            /**
             * @description A call that was not dialled within so many seconds ends `failed` with reason `expired` instead of ringing somebody late; without it `QUEUE_TTL_SECONDS`. Counts from the moment at which it may be dialled first.
             * @example 300
             */
            expires_in?: number;
            /**
             * @description Nobody is called before this time, at most 30 days ahead. The call waits as `pending`, and counts as open. A time that has passed says nothing.
             * @example 2026-01-15T09:30:00Z
             */
            not_before?: string;
            /**
             * @description The hours at which it may be dialled, by the clock on the wall. Outside of them it waits as `pending`, as long as `expires_in` lets it; that counts from their first beginning. Where `CALLING_WINDOW` is set, both must be open.
             * @example {
             *       "spans": [
             *         "mon-fri 09:00-18:00"
             *       ],
             *       "time_zone": "Europe/Paris"
             *     }
             */
            calling_window?: {
                /** @description Such as `08:00-21:00`, `mon-fri 09:00-18:00` or `sat 10:00-24:00`; in any of them. */
                spans: string[];
                /** @description Such as `Europe/Paris`. Without it, all that the number may be at home in. */
                time_zone?: string;
            };
            /**
             * @description Has the number called again where a call does not reach it: each time a call of its own, linked to the first by `attempt_of`, made when the one before is over and judged and limited like any other. `order` shows what came of it. `expires_in` holds for each of the calls. Ending any of them ends the order.
             * @example {
             *       "max": 2,
             *       "on": [
             *         "busy",
             *         "no_answer"
             *       ],
             *       "after": 600
             *     }
             */
            retry?: {
                /** @description How many calls more there may be. */
                max: number;
                /** @description After what: `busy`: The line was busy, or the callee declined: status `busy`. `no_answer`: Nobody picked up: status `no_answer`. `unreachable`: The call did not get as far as a phone: status `failed` with reason `unreachable`, `congestion` or `trunk_unavailable`. */
                on: ("busy" | "no_answer" | "unreachable")[];
                /** @description How many seconds after the end of a call the next is made; later where a limit or an hour has it wait. */
                after: number;
                /** @description No further call is made more than so many seconds after the first may be dialled; without it 86400. */
                within?: number;
            };
            /**
             * @description Where this call is reported to, beside one’s endpoints: every event of it, by Standard Webhooks 1.0.0, signed with the secret that `POST /webhook-secret` gives. Its host one of `ALLOWED_WEBHOOK_HOSTS`; else as the address of an endpoint. Each call of a `retry` is reported there. No answer shows it.
             * @example https://crm.example.com/calls/4711
             */
            webhook_url?: string;
            /**
             * @description Any JSON of yours, echoed with the call and never sent to Asterisk: at most 4096 bytes, nested at most 32 deep, no NUL characters, no key `__proto__`, no numbers above 9007199254740991 or, besides 0, below 0.000001 in size: send such as text.
             * @example {
             *       "order": 4711
             *     }
             */
            metadata?: unknown;
            /**
             * @description Whom to call, in E.164 form: a plus, the country code, 7 to 15 digits in all. With `NUMBER_VALIDATION=dialable` also internal extensions such as `1001`, and national numbers of `HOME_COUNTRY`.
             * @example +33123456789
             */
            phone_number: string;
        };
        BatchItem: {
            /**
             * @description Dialplan context an answered call goes to; one of `ALLOWED_CONTEXTS`. Without it `DEFAULT_CONTEXT`. It must be 1 to 79 of letters, digits, - and _.
             * @example outbound-ivr
             */
            context?: string;
            /**
             * @description Extension in the context, one of `ALLOWED_EXTENSIONS`; without it `DEFAULT_EXTENSION`. It must be 1 to 79 of letters, digits, -, _, *, # and +, and not begin with _.
             * @example s
             */
            extension?: string;
            /**
             * @description Priority in the extension, one of `ALLOWED_PRIORITIES`; without it `DEFAULT_PRIORITY`.
             * @example 1
             */
            priority?: number;
            /**
             * @description A second number that the callee is connected to when they have answered, judged and counted like the first, or an internal extension that `CONNECT_EXTENSIONS` names. Where `CONNECT_CONTEXT` is set; it is where the call goes on, so that `context`, `extension` and `priority` cannot be said as well. `timeout` holds for both phones.
             * @example +33187654321
             */
            connect_to?: string;
            /**
             * @description How long it may ring, in milliseconds; without it `DEFAULT_TIMEOUT`.
             * @example 30000
             */
            timeout?: number;
            /**
             * @description Who the callee sees calling, the number one of `ALLOWED_CALLER_IDS`; without it `DEFAULT_CALLER_ID`. It must be a number or `"Name" <number>`, the name without quotes, backslashes and control characters.
             * @example "Support" <+33123456789>
             */
            caller_id?: string;
            /**
             * @description Channel variables for the dialplan. Which may be set the operator says with ALLOWED_VARIABLES: names that begin with DG_ unless set otherwise. At most 4096 bytes of UTF-8 in all, names included. Values are printable, and hostile to a dialplan that evaluates them: there use FILTER(). Names that mean something to Asterisk or to Dialgate are refused, whatever their case:
             *
             *     - is the name of a dialplan function: `CALLERID` `CONNECTEDLINE` `REDIRECTING` `CHANNEL` `CHANNELS` `GLOBAL` `TIMEOUT` `MASTER_CHANNEL` `SHARED` `ENV` `SHELL` `FILE` `DB` `CURL` `SYSTEM` `EVAL` `EXEC` `CDR` `CEL` `ODBC`
             *     - is set by Asterisk itself: `EXTEN` `CONTEXT` `PRIORITY` `UNIQUEID` `LINKEDID` `ACCOUNTCODE` `AMAFLAGS` `HINT` `HINTNAME` `EPOCH` `SYSTEMNAME` `ENTITYID` `CALLINGPRES` `CALLINGANI2` `CALLINGTON` `CALLINGTNS` `DNID` `RDNIS` `HANGUPCAUSE*`
             *     - is a result that applications leave for the dialplan: `ANSWEREDTIME` `CALLEDTIME` `CAUSECODE` `QUEUENAME` `QUEUESTATUS` `QUEUEPOSITION` `QUEUEMAX` `QUEUESTRATEGY` `QUEUECALLS` `QUEUEHOLDTIME` `TRANSFERSTATUS` `TRANSFERSTATUSPROTOCOL` `SYSTEMSTATUS` `DIALSTATUS*` `DIALED*` `STASIS*` `BRIDGE*` `AGI*` `RTPAUDIO*` `GOSUB*` `MACRO*`
             *     - steers transfers, recordings or other applications: `TRANSFER_CONTEXT` `TRANSFER_EXTEN` `FORWARD_CONTEXT` `FORWARDERNAME` `ABORT_DIAL_TIMEOUT` `BLINDTRANSFER` `ATTENDEDTRANSFER` `PARKINGLOT` `PARKINGSLOT` `PARKINGEXTEN` `PARKER` `SPYGROUP` `DYNAMIC_*` `OUTBOUND_GROUP*` `LIMIT_*` `MONITOR*` `MIXMONITOR*` `TOUCH_*` `ATTENDED_TRANSFER*` `FAXOPT*`
             *     - belongs to a channel driver or to Asterisk’s surroundings: `SIP*` `PJSIP*` `IAX*` `HTTP_*` `ARI_*` `AST_*` `ASTERISK*`
             *     - belongs to this gateway: `GW_*` `DIALGATE*`
             *     - means something to programs that read it back: `CONSTRUCTOR` `PROTOTYPE` `TOSTRING` `VALUEOF` `HASOWNPROPERTY`
             * @example {
             *       "DG_CUSTOMER_ID": "42"
             *     }
             */
            variables?: {
                [key: string]: string;
            };
            /**
             * @description A call that was not dialled within so many seconds ends `failed` with reason `expired` instead of ringing somebody late; without it `QUEUE_TTL_SECONDS`. Counts from the moment at which it may be dialled first.
             * @example 300
             */
            expires_in?: number;
            /**
             * @description Nobody is called before this time, at most 30 days ahead. The call waits as `pending`, and counts as open. A time that has passed says nothing.
             * @example 2026-01-15T09:30:00Z
             */
            not_before?: string;
            /**
             * @description The hours at which it may be dialled, by the clock on the wall. Outside of them it waits as `pending`, as long as `expires_in` lets it; that counts from their first beginning. Where `CALLING_WINDOW` is set, both must be open.
             * @example {
             *       "spans": [
             *         "mon-fri 09:00-18:00"
             *       ],
             *       "time_zone": "Europe/Paris"
             *     }
             */
            calling_window?: {
                /** @description Such as `08:00-21:00`, `mon-fri 09:00-18:00` or `sat 10:00-24:00`; in any of them. */
                spans: string[];
                /** @description Such as `Europe/Paris`. Without it, all that the number may be at home in. */
                time_zone?: string;
            };
            /**
             * @description Has the number called again where a call does not reach it: each time a call of its own, linked to the first by `attempt_of`, made when the one before is over and judged and limited like any other. `order` shows what came of it. `expires_in` holds for each of the calls. Ending any of them ends the order.
             * @example {
             *       "max": 2,
             *       "on": [
             *         "busy",
             *         "no_answer"
             *       ],
             *       "after": 600
             *     }
             */
            retry?: {
                /** @description How many calls more there may be. */
                max: number;
                /** @description After what: `busy`: The line was busy, or the callee declined: status `busy`. `no_answer`: Nobody picked up: status `no_answer`. `unreachable`: The call did not get as far as a phone: status `failed` with reason `unreachable`, `congestion` or `trunk_unavailable`. */
                on: ("busy" | "no_answer" | "unreachable")[];
                /** @description How many seconds after the end of a call the next is made; later where a limit or an hour has it wait. */
                after: number;
                /** @description No further call is made more than so many seconds after the first may be dialled; without it 86400. */
                within?: number;
            };
            /**
             * @description Where this call is reported to, beside one’s endpoints: every event of it, by Standard Webhooks 1.0.0, signed with the secret that `POST /webhook-secret` gives. Its host one of `ALLOWED_WEBHOOK_HOSTS`; else as the address of an endpoint. Each call of a `retry` is reported there. No answer shows it.
             * @example https://crm.example.com/calls/4711
             */
            webhook_url?: string;
            /**
             * @description Any JSON of yours, echoed with the call and never sent to Asterisk: at most 4096 bytes, nested at most 32 deep, no NUL characters, no key `__proto__`, no numbers above 9007199254740991 or, besides 0, below 0.000001 in size: send such as text.
             * @example {
             *       "order": 4711
             *     }
             */
            metadata?: unknown;
            /**
             * @description Whom to call, in E.164 form: a plus, the country code, 7 to 15 digits in all. With `NUMBER_VALIDATION=dialable` also internal extensions such as `1001`, and national numbers of `HOME_COUNTRY`.
             * @example +33123456789
             */
            phone_number: string;
            /**
             * @description Makes the call safe to ask for again, in a batch or alone: as the header `Idempotency-Key` does.
             * @example order-4711-callback-1
             */
            idempotency_key?: string;
        };
        BatchRequest: {
            /** @description Each is accepted or refused by itself. */
            calls: components["schemas"]["BatchItem"][];
        };
        /** @description An API key to be made. */
        KeyRequest: {
            /**
             * @description Whose key it is: it acts as this user.
             * @example crm
             */
            username: string;
            /**
             * @description What it is for.
             * @example nightly callbacks
             */
            name: string;
            /** @description What it may do; nothing that its user’s role does not allow. */
            scopes: ("calls:create" | "calls:read" | "calls:cancel" | "webhooks:manage" | "admin")[];
            /** @description After how many days it is void. For ever good when left out. */
            expires_in_days?: number;
            /** @description Addresses and networks (CIDR) that it may be used from. From anywhere when left out or empty. */
            allowed_from?: string[];
        };
        /** @description A webhook endpoint to be made. */
        WebhookRequest: {
            /**
             * @description Where events are posted to: https, unless the installation allows http, and no address of a private network.
             * @example https://crm.example.com/hooks/calls
             */
            url: string;
            /** @description Which events are sent; all (`call.*`) when left out. */
            events?: ("call.*" | "call.pending" | "call.dialing" | "call.ringing" | "call.answered" | "call.completed" | "call.busy" | "call.no_answer" | "call.failed" | "call.canceled" | "call.order_finished")[];
            /** @description For people. */
            description?: string;
        };
        /** @description What shall be different; the rest stays. */
        WebhookPatch: {
            /**
             * @description Where events are posted to: https, unless the installation allows http, and no address of a private network.
             * @example https://crm.example.com/hooks/calls
             */
            url?: string;
            /** @description Which events are sent; all (`call.*`) when left out. */
            events?: ("call.*" | "call.pending" | "call.dialing" | "call.ringing" | "call.answered" | "call.completed" | "call.busy" | "call.no_answer" | "call.failed" | "call.canceled" | "call.order_finished")[];
            /** @description For people. */
            description?: string | null;
            /** @description Whether anything is sent. What waits is sent when it is switched on again. */
            enabled?: boolean;
        };
        /** @description What to send again. */
        ReplayRequest: {
            /**
             * @description The events of calls accepted then or later are sent again; of the newest 2,000 at most.
             * @example 2026-01-15T09:30:00Z
             */
            since: string;
        };
        /** @description A password grant (RFC 6749 §4.3.2). Other fields, such as `scope`, are ignored. */
        Login: {
            /**
             * @description The only grant there is; may be left out.
             * @enum {string}
             */
            grant_type?: "password" | "";
            /**
             * @description Upper and lower case are the same.
             * @example admin
             */
            username: string;
            /** Format: password */
            password: string;
        };
        /** @description An error (RFC 9457). */
        Problem: {
            /** @description `about:blank` where the HTTP status says all. Each refusal of a call and each limit on accepted calls has a type of its own. */
            type: string;
            /** @description The name of the type; with `about:blank` that of the HTTP status. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What is wrong, for people. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            code: components["schemas"]["ErrorCode"];
            /** @description The `X-Request-ID` of the answer, to be found in the log. */
            request_id: string;
            /**
             * @description Stands in every refusal of a number, and in that of every limit on accepted calls, whatever its code: for clients that treat them alike.
             * @enum {unknown}
             */
            family?: "destination_refused" | "too_many_calls";
            /** @description Every wrong field, with code `invalid_request` and refusals that concern one field. */
            errors?: components["schemas"]["FieldProblem"][];
            /** @description Of `/health/ready` and `/health/strict`: what is wrong, as in `/health`. */
            reasons?: components["schemas"]["HealthReason"][];
        };
        /** @description What went wrong with a login, in the words of OAuth 2 (RFC 6749 §5.2) and as a problem (RFC 9457). */
        OauthError: {
            /**
             * @description `temporarily_unavailable`: come back after `Retry-After` seconds.
             * @enum {unknown}
             */
            error: "invalid_request" | "invalid_grant" | "unsupported_grant_type" | "temporarily_unavailable" | "server_error";
            /** @description What is wrong, for people. */
            error_description: string;
            /** @description `about:blank` where the HTTP status says all. Each refusal of a call and each limit on accepted calls has a type of its own. */
            type: string;
            /** @description The name of the type; with `about:blank` that of the HTTP status. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What is wrong, for people. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            code: components["schemas"]["ErrorCode"];
            /** @description The `X-Request-ID` of the answer, to be found in the log. */
            request_id: string;
            /** @description Every wrong field, with code `invalid_request` and refusals that concern one field. */
            errors?: components["schemas"]["FieldProblem"][];
        };
        FieldProblem: {
            /**
             * @description Where it stands.
             * @example body.timeout
             * @example path.number
             */
            field: string;
            /** @description What is wrong with it. */
            problem: string;
        };
        /**
         * @description What is wrong, for programs. The list may grow; treat an unknown code by its HTTP status.
         *
         *     - `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
         *     - `malformed_json`: The body is not a JSON object.
         *     - `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled.
         *     - `invalid_credentials`: The username or the password is wrong, or the user is disabled.
         *     - `forbidden`: This user, or this API key, may not do that.
         *     - `user_suspended`: The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.
         *     - `not_found`: There is nothing at this path.
         *     - `call_not_found`: There is no such call, or it is somebody else’s.
         *     - `key_not_found`: There is no such API key.
         *     - `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s.
         *     - `method_not_allowed`: The path exists, but not with this method; the `Allow` header names those it has.
         *     - `call_already_ended`: The call has reached its final status; nothing can be hung up any more.
         *     - `webhook_limit_reached`: The user has as many webhook endpoints as one may have (`WEBHOOKS_PER_USER`).
         *     - `webhook_disabled`: The webhook endpoint is switched off; switch it on first.
         *     - `webhook_of_calls`: The endpoint stands for the `webhook_url` of calls at one host: it can be switched on and off, looked into, replayed and removed.
         *     - `idempotency_key_in_use`: The first request with this `Idempotency-Key` is still under way; repeat in a moment.
         *     - `payload_too_large`: The body is longer than any sensible request.
         *     - `uri_too_long`: The path with its query is longer than any of this API.
         *     - `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8.
         *     - `idempotency_key_reused`: The `Idempotency-Key` came with another request before.
         *     - `emergency_number`: Emergency numbers are never called.
         *     - `short_code`: Short codes are never called.
         *     - `premium_number`: Calls to premium-rate numbers are not allowed here.
         *     - `shared_cost_number`: Calls to shared-cost numbers are not allowed here.
         *     - `satellite_number`: Calls to satellite numbers are not allowed here.
         *     - `personal_number`: Calls to personal numbers are not allowed here.
         *     - `pager_number`: Calls to pagers are not allowed here.
         *     - `international_network_number`: Calls to numbers of international networks are not allowed here.
         *     - `feature_code_not_allowed`: This * or # code is not one of the allowed feature codes.
         *     - `prefix_blocked`: Numbers with this prefix are blocked.
         *     - `prefix_not_allowed`: Only numbers with certain prefixes may be called, and this is none of them.
         *     - `country_not_allowed`: Calls to this country are not allowed here.
         *     - `country_unknown`: The number’s country cannot be told. Send it with its + and country code.
         *     - `number_not_possible`: No number has this length in its country.
         *     - `number_not_valid`: The number belongs to no range that is in use.
         *     - `context_not_allowed`: Calls may not be put through to this dialplan context.
         *     - `extension_not_allowed`: Calls may not be put through to this extension of the dialplan.
         *     - `priority_not_allowed`: Calls may not be put through to this priority of the dialplan.
         *     - `caller_id_not_allowed`: This number may not be presented as the caller ID.
         *     - `connect_to_not_allowed`: Calls may not be connected to a second number here.
         *     - `variable_not_allowed`: Only channel variables that `ALLOWED_VARIABLES` names may be set.
         *     - `webhook_url_not_allowed`: Calls may not be reported to this host.
         *     - `webhook_secret_missing`: There is no secret yet to sign with what goes to the `webhook_url` of calls; `POST /webhook-secret` makes one.
         *     - `webhook_hosts_reached`: The user’s calls are reported to as many hosts as they may be (`WEBHOOK_HOSTS_PER_USER`).
         *     - `do_not_call`: Whoever has this number is on the do-not-call list.
         *     - `outside_calling_window`: Whoever has this number may not be called at this hour; `Retry-After` says when.
         *     - `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds.
         *     - `user_open_calls`: The user has as many calls open at once as allowed; wait until one is over.
         *     - `user_calls_per_minute`: The user has placed as many calls within a minute as allowed.
         *     - `user_calls_per_day`: The user has placed as many calls within 24 hours as allowed.
         *     - `user_new_countries`: The user has called as many countries within 24 hours as allowed that they had not called in 30 days.
         *     - `destination_calls_per_minute`: This number was called within a minute as often as allowed.
         *     - `destination_calls_per_15_minutes`: This number was called within 15 minutes as often as allowed.
         *     - `total_open_calls`: As many calls are open at once, of all users together, as allowed.
         *     - `total_calls_per_minute`: As many calls were accepted within a minute, of all users together, as allowed.
         *     - `total_calls_per_day`: As many calls were accepted within 24 hours, of all users together, as allowed.
         *     - `internal`: Something went wrong on our side; the log has more under the `request_id`.
         *     - `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
         *     - `queue_unavailable`: Redis does not answer, so the queues cannot be looked into. Calls are accepted all the same.
         *     - `calls_would_wait`: A call posted now would be accepted, and would not be dialled before what `reasons` names is mended.
         *     - `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "malformed_json" | "unauthorized" | "invalid_credentials" | "forbidden" | "user_suspended" | "not_found" | "call_not_found" | "key_not_found" | "webhook_not_found" | "method_not_allowed" | "call_already_ended" | "webhook_limit_reached" | "webhook_disabled" | "webhook_of_calls" | "idempotency_key_in_use" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "idempotency_key_reused" | "emergency_number" | "short_code" | "premium_number" | "shared_cost_number" | "satellite_number" | "personal_number" | "pager_number" | "international_network_number" | "feature_code_not_allowed" | "prefix_blocked" | "prefix_not_allowed" | "country_not_allowed" | "country_unknown" | "number_not_possible" | "number_not_valid" | "context_not_allowed" | "extension_not_allowed" | "priority_not_allowed" | "caller_id_not_allowed" | "connect_to_not_allowed" | "variable_not_allowed" | "webhook_url_not_allowed" | "webhook_secret_missing" | "webhook_hosts_reached" | "do_not_call" | "outside_calling_window" | "too_many_requests" | "user_open_calls" | "user_calls_per_minute" | "user_calls_per_day" | "user_new_countries" | "destination_calls_per_minute" | "destination_calls_per_15_minutes" | "total_open_calls" | "total_calls_per_minute" | "total_calls_per_day" | "internal" | "database_unavailable" | "queue_unavailable" | "calls_would_wait" | "overloaded";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    callNumber: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: the same key with the same request gets the first answer again, and no second call. Printable ASCII, bare or as a quoted string; good for at least 24 hours.
                 * @example order-4711-callback-1
                 */
                "Idempotency-Key"?: string;
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description Whom to call, in E.164 form: a plus, the country code, 7 to 15 digits in all. With `NUMBER_VALIDATION=dialable` also internal extensions such as `1001`, and national numbers of `HOME_COUNTRY`. The plus may stand as it is or as `%2B`.
                 * @example +33123456789
                 */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CallOptions"];
            };
        };
        responses: {
            /** @description The call is written down and will reach exactly one final status. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Where its status is. Begins with the `X-Forwarded-Prefix` of a trusted proxy. */
                    Location: string;
                    /** @description `degraded` while Redis is away or full: the call is accepted all the same, and dialled a little later. */
                    "X-Queue"?: "degraded";
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    /** @description `true` when this is the first answer to the `Idempotency-Key` again. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedCall"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: This user, or this API key, may not do that.
             *
             *     `user_suspended`: The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.
             */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_in_use`: The first request with this `Idempotency-Key` is still under way; repeat in a moment. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_key_reused`: The `Idempotency-Key` came with another request before.
             *
             *     `emergency_number`: Emergency numbers are never called.
             *
             *     `short_code`: Short codes are never called.
             *
             *     `premium_number`: Calls to premium-rate numbers are not allowed here.
             *
             *     `shared_cost_number`: Calls to shared-cost numbers are not allowed here.
             *
             *     `satellite_number`: Calls to satellite numbers are not allowed here.
             *
             *     `personal_number`: Calls to personal numbers are not allowed here.
             *
             *     `pager_number`: Calls to pagers are not allowed here.
             *
             *     `international_network_number`: Calls to numbers of international networks are not allowed here.
             *
             *     `feature_code_not_allowed`: This * or # code is not one of the allowed feature codes.
             *
             *     `prefix_blocked`: Numbers with this prefix are blocked.
             *
             *     `prefix_not_allowed`: Only numbers with certain prefixes may be called, and this is none of them.
             *
             *     `country_not_allowed`: Calls to this country are not allowed here.
             *
             *     `country_unknown`: The number’s country cannot be told. Send it with its + and country code.
             *
             *     `number_not_possible`: No number has this length in its country.
             *
             *     `number_not_valid`: The number belongs to no range that is in use.
             *
             *     `context_not_allowed`: Calls may not be put through to this dialplan context.
             *
             *     `extension_not_allowed`: Calls may not be put through to this extension of the dialplan.
             *
             *     `priority_not_allowed`: Calls may not be put through to this priority of the dialplan.
             *
             *     `caller_id_not_allowed`: This number may not be presented as the caller ID.
             *
             *     `connect_to_not_allowed`: Calls may not be connected to a second number here.
             *
             *     `variable_not_allowed`: Only channel variables that `ALLOWED_VARIABLES` names may be set.
             *
             *     `webhook_url_not_allowed`: Calls may not be reported to this host.
             *
             *     `webhook_secret_missing`: There is no secret yet to sign with what goes to the `webhook_url` of calls; `POST /webhook-secret` makes one.
             *
             *     `webhook_hosts_reached`: The user’s calls are reported to as many hosts as they may be (`WEBHOOK_HOSTS_PER_USER`).
             *
             *     `do_not_call`: Whoever has this number is on the do-not-call list.
             *
             *     `outside_calling_window`: Whoever has this number may not be called at this hour; `Retry-After` says when.
             */
            422: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only outside the calling window, when it opens again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds.
             *
             *     `user_open_calls`: The user has as many calls open at once as allowed; wait until one is over.
             *
             *     `user_calls_per_minute`: The user has placed as many calls within a minute as allowed.
             *
             *     `user_calls_per_day`: The user has placed as many calls within 24 hours as allowed.
             *
             *     `user_new_countries`: The user has called as many countries within 24 hours as allowed that they had not called in 30 days.
             *
             *     `destination_calls_per_minute`: This number was called within a minute as often as allowed.
             *
             *     `destination_calls_per_15_minutes`: This number was called within 15 minutes as often as allowed.
             *
             *     `total_open_calls`: As many calls are open at once, of all users together, as allowed.
             *
             *     `total_calls_per_minute`: As many calls were accepted within a minute, of all users together, as allowed.
             *
             *     `total_calls_per_day`: As many calls were accepted within 24 hours, of all users together, as allowed.
             */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCalls: {
        parameters: {
            query?: {
                /** @description Only these; may be there several times. */
                status?: ("pending" | "dialing" | "ringing" | "answered" | "completed" | "busy" | "no_answer" | "failed" | "canceled")[];
                /** @description Only calls to this number, as it was asked for. */
                phone_number?: string;
                /** @description Only calls to numbers that end so. */
                last_digits?: string;
                /** @description Only calls to this dialplan context. */
                context?: string;
                /** @description Only these. */
                failure_reason?: "declined" | "unreachable" | "invalid_number" | "number_changed" | "rejected" | "redirected" | "routing_loop" | "congestion" | "media" | "interworking" | "hung_up_locally" | "dialplan_missing" | "trunk_unavailable" | "invalid_request" | "not_allowed" | "not_dialed" | "expired" | "outcome_unknown" | "lost" | "asterisk_restarted" | "other";
                /** @description Only calls that were accepted then or later. */
                created_after?: string;
                /** @description Only calls that were accepted before. */
                created_before?: string;
                /** @description Only calls of the user of this name; for admins, and for one’s own name. */
                user?: string;
                /** @description The most calls that a page has. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of calls. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Where the next page is, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallPage"];
                    "text/csv": string;
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCall: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes the request safe to repeat: the same key with the same request gets the first answer again, and no second call. Printable ASCII, bare or as a quoted string; good for at least 24 hours.
                 * @example order-4711-callback-1
                 */
                "Idempotency-Key"?: string;
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallRequest"];
            };
        };
        responses: {
            /** @description The call is written down and will reach exactly one final status. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Where its status is. Begins with the `X-Forwarded-Prefix` of a trusted proxy. */
                    Location: string;
                    /** @description `degraded` while Redis is away or full: the call is accepted all the same, and dialled a little later. */
                    "X-Queue"?: "degraded";
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    /** @description `true` when this is the first answer to the `Idempotency-Key` again. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedCall"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: This user, or this API key, may not do that.
             *
             *     `user_suspended`: The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.
             */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_in_use`: The first request with this `Idempotency-Key` is still under way; repeat in a moment. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_key_reused`: The `Idempotency-Key` came with another request before.
             *
             *     `emergency_number`: Emergency numbers are never called.
             *
             *     `short_code`: Short codes are never called.
             *
             *     `premium_number`: Calls to premium-rate numbers are not allowed here.
             *
             *     `shared_cost_number`: Calls to shared-cost numbers are not allowed here.
             *
             *     `satellite_number`: Calls to satellite numbers are not allowed here.
             *
             *     `personal_number`: Calls to personal numbers are not allowed here.
             *
             *     `pager_number`: Calls to pagers are not allowed here.
             *
             *     `international_network_number`: Calls to numbers of international networks are not allowed here.
             *
             *     `feature_code_not_allowed`: This * or # code is not one of the allowed feature codes.
             *
             *     `prefix_blocked`: Numbers with this prefix are blocked.
             *
             *     `prefix_not_allowed`: Only numbers with certain prefixes may be called, and this is none of them.
             *
             *     `country_not_allowed`: Calls to this country are not allowed here.
             *
             *     `country_unknown`: The number’s country cannot be told. Send it with its + and country code.
             *
             *     `number_not_possible`: No number has this length in its country.
             *
             *     `number_not_valid`: The number belongs to no range that is in use.
             *
             *     `context_not_allowed`: Calls may not be put through to this dialplan context.
             *
             *     `extension_not_allowed`: Calls may not be put through to this extension of the dialplan.
             *
             *     `priority_not_allowed`: Calls may not be put through to this priority of the dialplan.
             *
             *     `caller_id_not_allowed`: This number may not be presented as the caller ID.
             *
             *     `connect_to_not_allowed`: Calls may not be connected to a second number here.
             *
             *     `variable_not_allowed`: Only channel variables that `ALLOWED_VARIABLES` names may be set.
             *
             *     `webhook_url_not_allowed`: Calls may not be reported to this host.
             *
             *     `webhook_secret_missing`: There is no secret yet to sign with what goes to the `webhook_url` of calls; `POST /webhook-secret` makes one.
             *
             *     `webhook_hosts_reached`: The user’s calls are reported to as many hosts as they may be (`WEBHOOK_HOSTS_PER_USER`).
             *
             *     `do_not_call`: Whoever has this number is on the do-not-call list.
             *
             *     `outside_calling_window`: Whoever has this number may not be called at this hour; `Retry-After` says when.
             */
            422: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only outside the calling window, when it opens again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds.
             *
             *     `user_open_calls`: The user has as many calls open at once as allowed; wait until one is over.
             *
             *     `user_calls_per_minute`: The user has placed as many calls within a minute as allowed.
             *
             *     `user_calls_per_day`: The user has placed as many calls within 24 hours as allowed.
             *
             *     `user_new_countries`: The user has called as many countries within 24 hours as allowed that they had not called in 30 days.
             *
             *     `destination_calls_per_minute`: This number was called within a minute as often as allowed.
             *
             *     `destination_calls_per_15_minutes`: This number was called within 15 minutes as often as allowed.
             *
             *     `total_open_calls`: As many calls are open at once, of all users together, as allowed.
             *
             *     `total_calls_per_minute`: As many calls were accepted within a minute, of all users together, as allowed.
             *
             *     `total_calls_per_day`: As many calls were accepted within 24 hours, of all users together, as allowed.
             */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCalls: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description What became of each call. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description `degraded` while Redis is away or full: calls are accepted all the same, and dialled a little later. */
                    "X-Queue"?: "degraded";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: This user, or this API key, may not do that.
             *
             *     `user_suspended`: The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.
             */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkCall: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallRequest"];
            };
        };
        responses: {
            /** @description What would become of it. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallCheck"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `forbidden`: This user, or this API key, may not do that.
             *
             *     `user_suspended`: The user places no more calls until an admin lifts the suspension. Their calls can still be read and hung up.
             */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The call. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentCall"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInteractionStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The call. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentCall"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hangUpCall: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancel request is written down; the call as it stands now. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Call"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_already_ended`: The call has reached its final status; nothing can be hung up any more. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCall: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The call. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CurrentCall"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCall: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancel request is written down; the call as it stands now. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Call"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_already_ended`: The call has reached its final status; nothing can be hung up any more. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCallStats: {
        parameters: {
            query?: {
                /** @description At most 24 hours ago; without it, an hour ago. */
                since?: string;
                /** @description Only calls of the user of this name; for admins, and for one’s own name. */
                user?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of them, and what waits. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallStats"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCallEvents: {
        parameters: {
            query?: {
                /** @description The most entries that a page has. */
                limit?: number;
                /** @description The `next_cursor` of the page before, or the `id` of any entry: what comes behind it. */
                cursor?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the timeline. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamCall: {
        parameters: {
            query?: {
                /** @description The same, where no header can be sent; the header wins. */
                last_event_id?: string;
                /** @description From `POST /stream/tickets`, in place of a token: for the EventSource of a browser, which sends no header. */
                ticket?: string;
            };
            header?: {
                /** @description The last id that you have got: what comes behind it. */
                "Last-Event-ID"?: string;
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `call_id` of the answer to an accepted call.
                 * @example 019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b
                 */
                call_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The call is over, and you have got all of it. */
            204: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `call_not_found`: There is no such call, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamCalls: {
        parameters: {
            query?: {
                /** @description Only calls of the user of this name; for admins, and for one’s own name. */
                user?: string;
                /** @description The same, where no header can be sent; the header wins. */
                last_event_id?: string;
                /** @description From `POST /stream/tickets`, in place of a token: for the EventSource of a browser, which sends no header. */
                ticket?: string;
            };
            header?: {
                /** @description The last id that you have got: what comes behind it. */
                "Last-Event-ID"?: string;
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createStreamTicket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ticket. */
            201: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamTicket"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["Login"];
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description The password is right. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /** @description `invalid_credentials`: The username or the password is wrong, or the user is disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthError"];
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token is void. */
            204: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Only this user’s keys. */
                username?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, without what is secret of them. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Keys"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description The key, this once. */
            201: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `key_id` of a list.
                 * @example 019b0c1e-8d11-7c22-b733-0a1b2c3d4e5f
                 */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is void. */
            204: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `key_not_found`: There is no such API key. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoints, without their secrets. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhooks"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description The endpoint, with its secret this once. */
            201: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Its path. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_limit_reached`: The user has as many webhook endpoints as one may have (`WEBHOOKS_PER_USER`). */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPatch"];
            };
        };
        responses: {
            /** @description The endpoint as it is now. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_of_calls`: The endpoint stands for the `webhook_url` of calls at one host: it can be switched on and off, looked into, replayed and removed. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint, with its new secret this once. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_of_calls`: The endpoint stands for the `webhook_url` of calls at one host: it can be switched on and off, looked into, replayed and removed. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateCallWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, this once. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallWebhookSecret"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It waits to be sent. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuedDelivery"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `webhook_disabled`: The webhook endpoint is switched off; switch it on first.
             *
             *     `webhook_of_calls`: The endpoint stands for the `webhook_url` of calls at one host: it can be switched on and off, looked into, replayed and removed.
             */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description They wait to be sent. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /**
             * @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too.
             *
             *     `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_disabled`: The webhook endpoint is switched off; switch it on first. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is longer than any sensible request. */
            413: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The body is of another kind than the route reads, compressed, or not in UTF-8. */
            415: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description How many deliveries a page has. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the log. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveries"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path: {
                /**
                 * @description The `webhook_id` of a list.
                 * @example 019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60
                 */
                webhook_id: string;
                /**
                 * @description The `delivery_id` of a list.
                 * @example 5f0c7e1a-2b3c-4d5e-8f90-a1b2c3d4e5f6
                 */
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It waits to be sent. */
            202: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuedDelivery"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_not_found`: There is no such webhook endpoint or delivery, or it is somebody else’s. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_disabled`: The webhook endpoint is switched off; switch it on first. */
            409: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. Only with a key that is in use. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAudit: {
        parameters: {
            query?: {
                /** @description Only these. */
                event?: "login_succeeded" | "login_failed" | "login_locked" | "token_issued" | "token_revoked" | "key_created" | "key_revoked" | "user_created" | "user_disabled" | "user_enabled" | "user_suspended" | "user_suspension_lifted" | "user_permissions_changed" | "user_limits_changed" | "user_role_changed" | "user_password_changed" | "do_not_call_changed" | "webhook_created" | "webhook_changed" | "webhook_deleted" | "webhook_secret_rotated" | "call_webhook_secret_rotated" | "webhook_replayed" | "call_refused" | "call_canceled" | "board_visited";
                /** @description Only what the user of this name did, wrong logins under it among them. */
                user?: string;
                /** @description Only what happened then or later. */
                from?: string;
                /** @description Only what happened before. */
                to?: string;
                /** @description How many entries a page has. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the trail. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled. */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the parts are. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLive: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It runs. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    getReady: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds. */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStrict: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It would. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `calls_would_wait`: A call posted now would be accepted, and would not be dialled before what `reasons` names is mended.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAbout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Name and links. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description `not_found`: There is nothing at this path. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `not_found`: There is nothing at this path. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getBoard: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /**
             * @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled.
             *
             *     `invalid_credentials`: The username or the password is wrong, or the user is disabled.
             */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing at this path. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `queue_unavailable`: Redis does not answer, so the queues cannot be looked into. Calls are accepted all the same.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecentCalls: {
        parameters: {
            query?: {
                /** @description Lists only these: open ones however old they are, others of the last hour. */
                status?: "pending" | "dialing" | "ringing" | "answered" | "completed" | "busy" | "no_answer" | "failed" | "canceled";
            };
            header?: {
                /** @description Your id of the request, for the log and the answer; another text than this pattern is replaced. */
                "X-Request-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `invalid_request`: Fields are missing, wrong or unknown; `errors` names each of them. A number that is no phone number too. */
            400: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `unauthorized`: There is no access token or API key, or it is no good: expired, revoked, forged, or its user was disabled.
             *
             *     `invalid_credentials`: The username or the password is wrong, or the user is disabled.
             */
            401: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description How to say who one is. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: This user, or this API key, may not do that. */
            403: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description Which scope is missing (RFC 6750 §3.1). */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: There is nothing at this path. */
            404: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests or wrong logins; come back after `Retry-After` seconds. */
            429: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    /** @description What is left (`r`) of the limit, and in how many seconds it is whole again (`t`). */
                    RateLimit?: string;
                    /** @description The limit: so many requests (`q`) within so many seconds (`w`). */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong on our side; the log has more under the `request_id`. */
            500: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `database_unavailable`: PostgreSQL does not answer. Nothing was accepted; repeat after `Retry-After` seconds.
             *
             *     `overloaded`: Too much is under way. Nothing was accepted; repeat after `Retry-After` seconds.
             */
            503: {
                headers: {
                    /** @description The client’s own `X-Request-ID` if it sent one, else a new one. */
                    "X-Request-ID": string;
                    /** @description After how many seconds to come back. */
                    "Retry-After": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    onCallEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookEvent"];
            };
        };
        responses: {
            /** @description Nothing more is wanted: the endpoint is switched off. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Taken. Everything else is repeated, a redirect among it. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
