"""Somebody in a case is under 18: what is needed then, and was it done?"""
