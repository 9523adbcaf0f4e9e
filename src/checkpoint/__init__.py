"""Checkpoint: an adult diversion programme, from the custody suite to its evaluation.

A person arrested for a low- or medium-risk offence is screened in the custody suite. If
eligible, they are offered a four-month contract to engage with a navigator instead of
prosecution. Whether that works is judged against a randomised control sample.

The rooms of this package stand in the order in which the programme happens, and each looks
only at the rooms behind it: people, custody, victims, forecast, eligibility, oversight and
journey, and later needs, consent, allocation, contracts and evaluation. ``docs/corridor.md``
draws the plan.
"""
