"""The tests of vidbuild, and the support code they share."""
