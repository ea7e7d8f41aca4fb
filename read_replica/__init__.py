"""Reports and exports read a replica of the database, where there is one, so that pages do not wait for them."""
