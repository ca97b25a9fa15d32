"""The staff shell: navigation, home pages, contact screen, search. No tables."""
