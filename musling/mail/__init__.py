"""Which activity sends which mail to whom; deliveries; calendar invitations."""
