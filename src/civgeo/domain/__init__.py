"""What a civil-affairs officer would recognise: codes, divisions, estates, facilities, standards.

Plain values and pure rules; standard library only.
"""
