"""What changes rounds: one verb each; may they? – do it – note it."""
