# What an officer and a supervisor do before a navigator begins. Read into a shell, after
# helpers.sh and with $API set: . docs/examples/assigned.sh
# Leaves $RECORD, a case that was started on the programme, and the tokens $OFFICER, $SUPERVISOR
# and $NAVIGATOR, of a new navigator whose case it is. Stops at the first refusal, says what it
# was, and returns 1: what was done before it stands, and a second run begins with somebody new.

OFFICER=$(token custody_officer -d suite=DURHAMGATE) || return
SUPERVISOR=$(token supervisor -d suite=DURHAMGATE) || return
NAVIGATOR=$(token navigator -d "name=$(newcomer)") || return

# The officer books in, screens, sees whether anybody has to be beside the person, and decides.
TOKEN=$OFFICER
RECORD=$(ask "$API/v1/custody-records" -H "Idempotency-Key: $(key)" -d "{
  \"person\": {\"family_name\": \"Testperson\", \"given_names\": \"$(newcomer)\", \"date_of_birth\": \"$(birthday)\"},
  \"suite\": \"DURHAMGATE\", \"arrested_at\": \"$(ago 3 %Y-%m-%dT%H:%M:%SZ)\", \"arrived_at\": \"$(ago 2 %Y-%m-%dT%H:%M:%SZ)\",
  \"offences\": [{\"code\": \"TH68010\", \"committed_from\": \"$(ago 72 %Y-%m-%d)\", \"committed_in_area\": true}]}" | get id) || return
CASE=$API/v1/custody-records/$RECORD
ask -X PUT "$CASE/screening" -H 'If-Match: "1"' -d '{
  "lives_in_area": true, "interview_stance": "admitted", "evidential_test_met": true, "subject_to_order": false,
  "detained_for_court": false, "detained_under_mental_health_act": false, "co_accused": false,
  "domestic_abuse_grade": "none", "hate_crime": false, "understands_obligations": true}' | get id > /dev/null || return
ask -X PUT "$CASE/safeguards" -H 'If-Match: "2"' -d '{"appropriate_adult_needed": false, "interpreter_needed": false}' | get id > /dev/null || return
DECISION=$(ask -X POST "$CASE/eligibility-decisions" -H 'If-Match: "3"' -H "Idempotency-Key: $(key)" | get id) || return

# They ask for consent, take the case into the programme, and start it. Where a trial is open,
# it is PUT .../allocation instead of enrolment, and the draw says who is started.
ask "$CASE/consents" -H "Idempotency-Key: $(key)" -d "{
  \"sheet_version\": \"2016-08-01-en\", \"sheet_given_at\": \"$(ago 0.5 %Y-%m-%dT%H:%M:%SZ)\", \"answered_at\": \"$(now)\",
  \"legal_advice_offered\": true, \"legal_advice\": \"not_wanted\", \"understood\": true, \"understanding_checked\": \"own_words\",
  \"capacity_in_doubt\": false, \"programme\": {\"answer\": \"given\"}, \"research\": {\"answer\": \"given\"},
  \"information_sharing\": {\"answer\": \"given\"}}" | get id > /dev/null || return
ask -X PUT "$CASE/enrolment" -d "{\"eligibility_decision_id\": \"$DECISION\"}" | get id > /dev/null || return
ask "$CASE/programme-start" -H "Idempotency-Key: $(key)" -d "{\"started_at\": \"$(now)\"}" | get delivered > /dev/null || return

# The supervisor registers the navigator, whose id is that of their GET /v1/me, records that they
# were inducted and vetted, and assigns the case.
TOKEN=$NAVIGATOR
THEY=$(ask "$API/v1/me" | get id) || return
TOKEN=$SUPERVISOR
HELPER=$(ask "$API/v1/navigators" -H "Idempotency-Key: $(key)" -d "{
  \"actor_id\": \"$THEY\", \"name\": \"Synthetic Navigator\", \"provider\": \"NECA\", \"base_suites\": [\"DURHAMGATE\"], \"capacity\": 30}" | get id) || return
for KIND in induction vetting; do
  ask "$API/v1/navigators/$HELPER/clearances" -H "Idempotency-Key: $(key)" -d "{
    \"kind\": \"$KIND\", \"given_on\": \"$(ago 240 %Y-%m-%d)\", \"last_day\": \"$(ago -8760 %Y-%m-%d)\"}" | get id > /dev/null || return
done
ask "$CASE/navigator" -H "Idempotency-Key: $(key)" -d "{\"navigator_id\": \"$HELPER\"}" | get custody_record_id > /dev/null || return
