"""From a Spec to a Graph: which steps there are and what feeds what. It does no input or output."""
