"""From a source to a spec: importers read outlines, the composer makes scenes of them, `update` follows the source."""
