"""Which dated law does the hub run on, who signed for each rule, and which are switched off?"""
