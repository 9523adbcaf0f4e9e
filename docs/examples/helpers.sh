# Small helpers for the examples that are pasted. Read into a shell: . docs/examples/helpers.sh

# ask ADDRESS ...: curl as the person whose token stands in $TOKEN.
ask() { curl -sS -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }

# get FIELD: one field of the JSON answer that comes in, or one inside it (terms/conditions/0/key);
# what a refusal says, where there is none.
get() {
    python3 -c '
import json, sys
field, text = sys.argv[1], sys.stdin.read()
try:
    answer = json.loads(text)
except ValueError:
    sys.exit(f"No answer, so there is no {field}. Is the service running, and is $API its address?")
found = answer
try:
    for part in field.split("/"):
        found = found[int(part) if isinstance(found, list) else part]
except (KeyError, IndexError, TypeError, ValueError):
    sys.exit("{}: {}".format(answer.get("title", "Refused"), answer.get("detail", "no " + field)))
print(found)
' "$1"
}

# key: a new Idempotency-Key. Keep it for a retry, so that nothing happens twice.
key() { python3 -c 'import uuid; print(uuid.uuid4())'; }

# ago HOURS FORM: a moment in UTC, so many hours ago.
ago() {
    python3 -c '
import sys
from datetime import datetime, timedelta, timezone
then = datetime.now(timezone.utc) - timedelta(hours=float(sys.argv[1]))
print(then.strftime(sys.argv[2]))
' "$1" "$2"
}

# now: this moment, to the microsecond.
now() { ago 0 %Y-%m-%dT%H:%M:%S.%fZ; }

# token ROLE ...: a token of the local issuer, which only a service in development has.
token() { role=$1 && shift && curl -sS -H 'Accept: text/plain' "$API/local-issuer/token" -d "role=$role" "$@"; }

# birthday: of somebody who is grown up.
birthday() { python3 -c 'import random; print(f"{random.randint(1950, 2005)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}")'; }

# newcomer: a made-up given name. Each time another one: the same person twice is not booked in anew.
newcomer() {
    python3 -c '
import random
print("".join(random.sample("zadi roko taru kaba gonu livu sira fuki vome pize".split(), 4)).title())
'
}
