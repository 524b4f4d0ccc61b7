"""From spoken words, cues and reveals to frames and samples."""
