"""What is asked, as both parties will see it (the editor is a later issue)."""
