"""Stock media: search, choice, download and checks of files from sites and from libraries on this machine."""
