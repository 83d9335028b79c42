"""Somebody reported works for an agency: who there must hear nothing of it, and who deals with it?"""
