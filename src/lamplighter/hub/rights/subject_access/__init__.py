"""What is a person given who asks for their own data?

- ``collection``: which rows of which cases are about somebody
- ``letter``: the answer as a letter and what they get
"""
