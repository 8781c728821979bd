"""The first tables: jobs, audit trail, outbox, hosts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _make_audit()
    _make_outbox()
    _make_definitions()
    _make_executions()
    _make_steps()
    _make_tasks()
    _make_places()


def downgrade() -> None:
    """Remove them, those that refer to others first."""
    for name in (
        "step_task",
        "step_execution",
        "job_execution",
        "job_instance",
        "job_definition",
        "audit_entry",
        "audit_seal",
        "host",
        "outbox",
        "outbox_reader",
        "pool",
        "repository",
        "stored_response",
        "worker",
    ):
        op.drop_table(name)


# Private functions


def _make_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("detail", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_object_id", "audit_entry", ["object", "id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", ROW_ID, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_xact_id", "outbox", ["xact", "id"], unique=False)
    op.create_table(
        "outbox_reader",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_xact", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_reader")),
    )


def _make_definitions() -> None:
    op.create_table(
        "job_definition",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_definition")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_job_definition_name_version")),
    )
    op.create_table(
        "job_instance",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("definition_id", ROW_ID, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("launch_key", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["job_definition.id"], name=op.f("fk_job_instance_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_instance")),
        sa.UniqueConstraint("launch_key", name=op.f("uq_job_instance_launch_key")),
    )


def _make_executions() -> None:
    op.create_table(
        "job_execution",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("instance_id", ROW_ID, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("error", DOCUMENT),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["job_instance.id"], name=op.f("fk_job_execution_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_execution")),
        sa.UniqueConstraint("instance_id", "attempt", name=op.f("uq_job_execution_instance_id_attempt")),
    )
    op.create_index("ix_job_execution_job_id", "job_execution", ["job", "id"], unique=False)
    op.create_index(
        "ix_job_execution_status_active",
        "job_execution",
        ["status"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'ready', 'running', 'paused')"),
        postgresql_where=sa.text("status IN ('waiting', 'ready', 'running', 'paused')"),
    )
    op.create_index(
        "uq_job_execution_active",
        "job_execution",
        ["instance_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'ready', 'running', 'paused')"),
        postgresql_where=sa.text("status IN ('waiting', 'ready', 'running', 'paused')"),
    )


def _make_steps() -> None:
    op.create_table(
        "step_execution",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("execution_id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("loaded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("discarded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("skipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("result", DOCUMENT),
        sa.Column("error", DOCUMENT),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["job_execution.id"], name=op.f("fk_step_execution_execution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_execution")),
        sa.UniqueConstraint("execution_id", "name", name=op.f("uq_step_execution_execution_id_name")),
    )


def _make_tasks() -> None:
    op.create_table(
        "step_task",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("step_id", ROW_ID, nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("plan", DOCUMENT),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Text()),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", DOCUMENT),
        sa.Column("result", DOCUMENT),
        sa.Column("error", DOCUMENT),
        sa.ForeignKeyConstraint(["step_id"], ["step_execution.id"], name=op.f("fk_step_task_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_task")),
        sa.UniqueConstraint("step_id", "partition", name=op.f("uq_step_task_step_id_partition")),
    )
    op.create_index(
        "ix_step_task_open",
        "step_task",
        ["status", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('ready', 'running')"),
        postgresql_where=sa.text("status IN ('ready', 'running')"),
    )


def _make_places() -> None:
    op.create_table(
        "host",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host")),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopping", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "pool",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pool")),
    )
    op.create_table(
        "repository",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository")),
    )
    op.create_table(
        "stored_response",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("response", DOCUMENT),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "scope", name=op.f("pk_stored_response")),
    )
    op.create_index(op.f("ix_stored_response_expires_at"), "stored_response", ["expires_at"], unique=False)
