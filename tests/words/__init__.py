"""How well the times of words agree with espeak's own marks, in many languages."""
