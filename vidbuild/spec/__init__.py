"""From YAML text to a Spec: positions, templating, schema, diagnostics. It knows nothing of steps or media tools."""
