"""When a schedule is to be looked at next, and indexes that keep that cheap."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the columns, and fill them from what the schedules say."""
    op.add_column("schedule", sa.Column("kind", sa.Text(), nullable=False, server_default="cron"))
    op.add_column("schedule", sa.Column("look_at", MOMENT))
    op.add_column("schedule", sa.Column("topic", sa.Text()))
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, content FROM schedule")).all():
        content = json.loads(row.content) if isinstance(row.content, str) else row.content
        event = content.get("on_event")
        topic = event["topic"] if event else "execution.completed" if content.get("after") else None
        kind = "change" if content.get("on_change") else "event" if topic else "cron"
        told = sa.text(
            "UPDATE schedule SET kind = :kind, topic = :topic,"
            " look_at = CASE WHEN :kind <> 'event' THEN planned_until END WHERE id = :id"
        )
        connection.execute(told, {"kind": kind, "topic": topic, "id": row.id})
    op.create_index("ix_schedule_kind_look_at", "schedule", ["kind", "look_at"])
    op.create_index("ix_outbox_topic_xact_id", "outbox", ["topic", "xact", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_outbox_topic_xact_id", "outbox")
    op.drop_index("ix_schedule_kind_look_at", "schedule")
    for name in ("topic", "look_at", "kind"):
        op.drop_column("schedule", name)
