"""Video codecs other than H.264: frames are encoded whole, only when they change, and repeated by a few bytes."""
