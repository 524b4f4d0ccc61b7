"""The spec language: text to Spec, with every problem located; it knows nothing of steps or builds."""
