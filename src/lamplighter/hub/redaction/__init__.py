"""Words that were saved by mistake: how are they taken out, sealed, and given back?"""
