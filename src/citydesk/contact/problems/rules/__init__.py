"""Pure decisions: what recurs (`recurrence`), what may follow what (`states`), what counts allow to say (`effect`)."""
