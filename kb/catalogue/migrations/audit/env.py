"""Alembic's entry: the connection comes from kb.catalogue.migrate."""

from alembic import context

from kb.catalogue.tables import DATABASES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=DATABASES[context.config.attributes["name"]],
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
