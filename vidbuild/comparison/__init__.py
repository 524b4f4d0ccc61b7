"""What has changed between two versions of a video, scene by scene, and a page that shows it."""
