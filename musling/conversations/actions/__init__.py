"""What changes a talk: may they? – do it – note it, in one transaction, one verb each."""
