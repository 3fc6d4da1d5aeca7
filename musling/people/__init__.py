"""Log-ins, profiles, employments, who leads whom, stand-ins, roles."""
