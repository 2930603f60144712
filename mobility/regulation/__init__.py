"""The regulation as a pure program: a case in, a decision out.

Art. 5 (admission), 7 (ranking), 6.3 and 5.7 (placement), 8.6 (Erasmus+ grants) and 9.3 (Santander
grants) of IST's regulation of international mobility programmes, edition of December 2018. Standard
library only: no database, no clock, no floating point, no Django. The job that closes a call and
an outsider who checks a published run execute this same code:

    python -m mobility.regulation CASE.json --verify OUT.json

One module per subject, each function citing its article:

* `document`: JSON from outside, refused with the path of the fault.
* `case`: the input, checked and parsed.
* `admission`: Art. 5, who is admitted and under which clause.
* `ranking`: Art. 7(1), one order for everybody, ties drawn by lot.
* `placement`: Art. 6(3), 5(2)(ii), 5(3)(ii) and 5(7), who goes where.
* `dhondt`: the highest averages method, with every quotient.
* `scholarships`: Art. 8(6), Erasmus+ grants.
* `santander`: Art. 9(3), Santander grants.
* `decision`: the whole, composed.
* `reason`: the facts that explain one candidate's result.
"""
