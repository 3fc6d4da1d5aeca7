"""What is asked: frames, versions, standard frames; the core task."""
