"""My work: what must I do today, what did I miss, and who else could do it?"""
