"""Parts of the window that show and steer the workspace."""
