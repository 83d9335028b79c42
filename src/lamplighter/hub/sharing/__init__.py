"""What may cross from one side of a case to another, on what basis, for how long, and who read it?"""
