"""Pictures of what is on screen, made again apart from the screen: for files, and for the clipboard."""
