"""The spine of a case: two people, the agencies that work on it, its status, and what happened.

- ``hooks``: what other contexts do when a case opens or changes
- ``referrals``: how does a case begin, and when is a referral rejected?
- ``participants``: who are the two people, and who works on the case?
- ``status``: where does a case stand, and what does that bring with it?
- ``case_page``: what does every page of a case have around it, and what is on it?
"""
