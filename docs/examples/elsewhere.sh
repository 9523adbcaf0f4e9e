# What a trial manager and a statistician do before an evaluator begins. Read into a shell, after
# helpers.sh and with $API set: . docs/examples/elsewhere.sh
# Leaves $TRIAL, a made-up trial of 240 people that ran elsewhere, of which a data cut was taken,
# and the tokens $MANAGER, $STATISTICIAN and $EVALUATOR. Stops at the first refusal, and returns 1.

MANAGER=$(token trial_manager) || return
STATISTICIAN=$(token statistician) || return
EVALUATOR=$(token evaluator) || return
TRIAL=EXAMPLE-$(key | tr a-f A-F | cut -c 1-8)

# rows KIND: the made-up people, or what came of them within a year.
rows() {
    python3 -c '
import json, random, sys
chance, people, events = random.Random(7), [], []
for number in range(1, 241):
    who, arm = f"P{number}", ("control", "aid")[number % 2]
    people.append({"participant": who, "arm": arm, "age": chance.randint(18, 60),
                   "sex": chance.choice(["male", "male", "male", "female"]), "observed": 364})
    if chance.random() < {"control": 0.45, "aid": 0.30}[arm]:
        events.append({"participant": who, "measure": "arrest", "at": chance.randint(1, 360)})
rows = {"people": people, "events": events}[sys.argv[1]]
print(len(rows) if sys.argv[2:] else json.dumps({"part": 1, "rows": rows}))
' "$@"
}

TOKEN=$MANAGER
ask "$API/v1/trials-elsewhere" -H "Idempotency-Key: $(key)" -d "{
  \"code\": \"$TRIAL\", \"title\": \"A made-up trial\", \"source\": \"Made up, as an example\", \"unit\": \"day\",
  \"arms\": {\"control\": 1, \"aid\": 1}, \"allocated_on\": \"2016-08-01\", \"followed_until\": \"2017-07-31\",
  \"measures\": [\"arrest\"], \"horizons\": [{\"name\": \"6 months\", \"months\": 6}, {\"name\": \"52 weeks\", \"days\": 364}],
  \"participants\": 240, \"events\": $(rows events count)}" | get state > /dev/null || return
rows people | ask "$API/v1/trials-elsewhere/$TRIAL/participants" -H "Idempotency-Key: $(key)" -d @- | get state > /dev/null || return
rows events | ask "$API/v1/trials-elsewhere/$TRIAL/follow-up" -H "Idempotency-Key: $(key)" -d @- | get state > /dev/null || return
ask "$API/v1/trials-elsewhere/$TRIAL/completion" -H "Idempotency-Key: $(key)" -d '{}' | get state > /dev/null || return
TOKEN=$STATISTICIAN
ask "$API/v1/trials/$TRIAL/data-cuts" -H "Idempotency-Key: $(key)" -d '{}' | get number > /dev/null || return
