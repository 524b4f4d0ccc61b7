"""Colors, backgrounds and raster images."""
