"""What of it do agencies record, and how well?

- ``reporting``: which occasions are reported, when, to whom, by whom and as what
- ``person_rows``: who is in a report, in what role, and how much is said of them
- ``recorded_values``: what each row shows of true details
- ``recorded_ages``: mistyped dates of birth, guessed ages, bands
- ``recording_errors``: slips of the keyboard, the ear and the eye
- ``narrative``: free text, put together from one of two phrase banks
- ``references``: references of reports and person rows
"""
