"""Calls a number, waits until the call is over and prints it as JSON. Needs Python 3.8 and nothing else.

    DIALGATE_URL=https://calls.example.com DIALGATE_KEY=dg_… python3 examples/python/call.py +33145678001
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

# What is worth asking again: too many requests, and what says that the gateway or its proxy cannot just now.
COME_AGAIN = {408, 429, 502, 503, 504}
PATIENCE_SECONDS = 60
POLL_SECONDS = 2
CALL_SECONDS = 3600


def ask(method, path, body=None, headers=None):
    """Sends a request that is safe to repeat, again for a minute while there is no answer."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    request = urllib.request.Request(
        os.environ["DIALGATE_URL"].rstrip("/") + "/api/v2" + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["DIALGATE_KEY"],
            "Content-Type": "application/json",
            **(headers or {}),
        },
    )
    while True:
        pause = 1.0
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in COME_AGAIN:
                raise SystemExit(f"{refused.code}: {refused.read().decode()}") from None
            pause = float(refused.headers.get("Retry-After") or pause)
        except OSError as lost:
            print(f"no answer: {lost}", file=sys.stderr)
        if time.monotonic() + pause > give_up:
            raise SystemExit("the gateway does not answer")
        time.sleep(pause)


def main(number):
    # Every attempt carries the same key: one call, however often it is asked for.
    key = str(uuid.uuid4())
    call = ask("POST", "/calls", {"phone_number": number}, {"Idempotency-Key": key})
    give_up = time.monotonic() + CALL_SECONDS
    while not call.get("is_completed"):
        if time.monotonic() > give_up:
            raise SystemExit(f"the call {call['call_id']} is still {call['status']}")
        time.sleep(POLL_SECONDS)
        call = ask("GET", "/calls/" + call["call_id"])
    print(json.dumps(call))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: DIALGATE_URL=… DIALGATE_KEY=… call.py NUMBER")
    main(sys.argv[1])
