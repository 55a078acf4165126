"""The registers that know a work by its identifier: what each is asked, and how its answer becomes a record."""
