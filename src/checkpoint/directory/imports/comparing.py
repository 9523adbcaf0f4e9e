"""What is put to the database while a feed is staged and compared: SQL, written out once."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

AT_ONCE = 500
STAGED = "directory_staged"
COLUMNS = (
    "position", "place", "kind", "external_id", "id", "embedded", "outcome", "notes", "document",
    "digest", "organization_id", "taxonomy_id", "parent_id", "valid_from", "valid_until",
    "assured_on", "last_modified", "offset_known",
)  # fmt: skip

END = "DROP TABLE IF EXISTS pg_temp.directory_staged, pg_temp.directory_chosen"
BEGIN = (
    END,
    """
    CREATE TEMPORARY TABLE directory_staged (
        position int PRIMARY KEY, place text, kind text, external_id text, id uuid,
        embedded bool, outcome text, notes text[], document text, digest text,
        organization_id uuid, taxonomy_id uuid, parent_id uuid, valid_from date, valid_until date,
        assured_on date, last_modified timestamptz, offset_known bool
    )
    """,
)
# Of two items with one id the first is taken; of copies that others embed, the fullest.
CHOOSE = (
    "ANALYZE directory_staged",
    """
    UPDATE directory_staged AS staged
       SET outcome = 'rejected', document = NULL,
           notes = array_append(staged.notes, '/id: stands in the feed twice; the first was taken')
      FROM (SELECT position, row_number() OVER (PARTITION BY kind, external_id ORDER BY position)
              FROM directory_staged WHERE NOT embedded AND outcome <> 'rejected') AS counted
     WHERE counted.position = staged.position AND counted.row_number > 1
    """,
    """
    CREATE TEMPORARY TABLE directory_chosen AS
    SELECT DISTINCT ON (kind, external_id) staged.*, CAST(NULL AS text) AS change,
           CAST(NULL AS text[]) AS fields
      FROM directory_staged AS staged
     WHERE outcome <> 'rejected'
     ORDER BY kind, external_id, embedded, length(document) DESC, digest, position
    """,
    "CREATE UNIQUE INDEX ON directory_chosen (position)",
    "CREATE INDEX ON directory_chosen (id)",
    "ANALYZE directory_chosen",
)
# A term with the id of one that stands here is that term: pathways are the same everywhere.
SHARED = (
    """
    UPDATE directory_staged AS staged
       SET notes = array_append(staged.notes, '/: stands here as another source has it, and stays so')
      FROM directory_chosen AS chosen JOIN directory_listing AS other USING (id, kind)
     WHERE staged.position = chosen.position AND other.source <> :source
       AND chosen.kind IN ('taxonomy', 'taxonomy_term')
    """,
    """
    DELETE FROM directory_chosen AS chosen USING directory_listing AS other
     WHERE (other.id, other.kind) = (chosen.id, chosen.kind) AND other.source <> :source
       AND chosen.kind IN ('taxonomy', 'taxonomy_term')
    """,
)
# An id that another listing has already is not taken a second time.
CLASHES = sa.text("""
    SELECT chosen.position, chosen.kind, chosen.external_id, chosen.id AS told, own.id AS own
      FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY kind, external_id)
              FROM directory_chosen) AS chosen
      LEFT JOIN directory_listing AS own
        ON (own.source, own.kind, own.external_id) = (:source, chosen.kind, chosen.external_id)
      LEFT JOIN directory_listing AS other
        ON other.id = chosen.id AND other.id IS DISTINCT FROM own.id
     WHERE own.id <> chosen.id OR (own.id IS NULL AND (other.id IS NOT NULL OR row_number > 1))
""")
DOCUMENTS = sa.text(f"""
    SELECT position, kind, document FROM directory_chosen WHERE position > :after
     ORDER BY position LIMIT {AT_ONCE}
""")  # noqa: S608 - words of our own
REWRITE = sa.text("""
    UPDATE directory_chosen
       SET id = :id, document = :document, digest = :digest, organization_id = :organization_id,
           taxonomy_id = :taxonomy_id, parent_id = :parent_id
     WHERE position = :position
""")
# Services at locations whose id an earlier service of the feed has, or one of another source.
DOUBLED = sa.text("""
    SELECT position, array_agg(id) AS ids
      FROM (SELECT chosen.position, chosen.id AS service, place.id #>> '{}' AS id,
                   row_number() OVER (PARTITION BY place.id ORDER BY chosen.position)
              FROM directory_chosen AS chosen, jsonb_path_query(
                   CAST(chosen.document AS jsonb), '$.service_at_locations[*].id') AS place (id)
             WHERE chosen.kind = 'service') AS place
     WHERE row_number > 1
        OR EXISTS (SELECT FROM directory_offer_place AS other
                     JOIN directory_listing AS service ON service.id = other.service_id
                    WHERE other.service_at_location_id = CAST(place.id AS uuid)
                      AND service.source <> :source)
     GROUP BY position ORDER BY position
""")
DOCUMENT = sa.text("SELECT document FROM directory_chosen WHERE position = :position")
NOTED = sa.text("""
    UPDATE directory_staged
       SET outcome = 'repaired', notes = array_append(notes, :note) WHERE position = :position
""")
TERMS = sa.text("""
    SELECT id, parent_id FROM directory_chosen
     WHERE kind = 'taxonomy_term' AND parent_id IS NOT NULL
""")
TERM = sa.text("SELECT position, document FROM directory_chosen WHERE id = :id")
CIRCLE = sa.text("""
    UPDATE directory_staged SET outcome = 'repaired',
           notes = array_append(notes, '/parent_id: a circle of terms; left out')
     WHERE position = :position
""")
# What a document names need not be there; only what is there can be pointed at.
POINT = tuple(
    f"""
    UPDATE directory_chosen AS chosen SET {column} = NULL
     WHERE {column} IS NOT NULL
       AND NOT EXISTS (SELECT FROM directory_chosen AS other
                        WHERE other.id = chosen.{column} AND other.kind = '{kind}')
       AND NOT EXISTS (SELECT FROM directory_listing AS other
                        WHERE other.id = chosen.{column} AND other.kind = '{kind}')
    """  # noqa: S608 - words of our own
    for column, kind in (
        ("organization_id", "organization"),
        ("taxonomy_id", "taxonomy"),
        ("parent_id", "taxonomy_term"),
    )
)
COMPARE = sa.text("""
    UPDATE directory_chosen AS chosen
       SET change = CASE WHEN own.id IS NULL THEN 'new'
                         WHEN own.state = 'vanished' THEN 'back'
                         WHEN own.digest <> chosen.digest THEN 'changed'
                         ELSE 'unchanged' END,
           fields = CASE WHEN own.digest <> chosen.digest THEN (
               SELECT array_agg(key ORDER BY key)
                 FROM jsonb_each(own.document) AS old
                 FULL JOIN jsonb_each(CAST(chosen.document AS jsonb)) AS new USING (key)
                WHERE old.value IS DISTINCT FROM new.value) END
      FROM directory_chosen AS same
      LEFT JOIN directory_listing AS own
        ON (own.source, own.kind, own.external_id) = (:source, same.kind, same.external_id)
     WHERE same.position = chosen.position
""")
GONE = """
    FROM directory_listing AS gone
   WHERE gone.source = :source AND gone.state = 'listed' AND gone.kind = ANY(:kinds)
     AND NOT EXISTS (SELECT FROM directory_staged AS staged
                      WHERE (staged.kind, staged.external_id) = (gone.kind, gone.external_id))
"""
GOING = sa.text(
    f"SELECT gone.id, gone.kind, gone.external_id {GONE} AND gone.id > :after "
    f"ORDER BY gone.id LIMIT {AT_ONCE}"
).bindparams(
    sa.bindparam("kinds", type_=ARRAY(sa.String())), sa.bindparam("after", type_=sa.Uuid())
)
FIRST = UUID(int=0)
NAMELESS = sa.text(
    "SELECT count(*) AS nameless FROM directory_staged WHERE external_id = '' AND NOT embedded"
)
# Items, and once each what they embed.
SHOWN = """
    FROM directory_staged AS staged LEFT JOIN directory_chosen AS chosen USING (position)
   WHERE (NOT staged.embedded OR chosen.position IS NOT NULL OR staged.outcome = 'rejected')
"""
COUNTS = sa.text(f"""
    SELECT staged.outcome, chosen.change, count(*) AS rows {SHOWN} GROUP BY 1, 2
""")
ROWS = sa.text(f"""
    SELECT staged.position, staged.place, staged.kind, staged.external_id, staged.outcome,
           staged.notes, chosen.change, chosen.fields {SHOWN} AND staged.position > :after
     ORDER BY staged.position LIMIT {AT_ONCE}
""")
# The terms by which services of the feed are classified, and those they stand below, as the feed
# has them or else as they stand here.
CLASSED = sa.text("""
    WITH RECURSIVE said (id, kind, document) AS (
        SELECT id, kind, CAST(document AS jsonb) FROM directory_chosen
         WHERE kind IN ('taxonomy', 'taxonomy_term')
         UNION ALL
        SELECT id, kind, document FROM directory_listing AS own
         WHERE kind IN ('taxonomy', 'taxonomy_term') AND state = 'listed'
           AND NOT EXISTS (SELECT FROM directory_chosen AS chosen WHERE chosen.id = own.id)
    ), term (id, document) AS (
        SELECT id, document FROM said WHERE kind = 'taxonomy_term'
    ), wanted (id, number) AS (
        SELECT DISTINCT named.id #>> '{}', 1
          FROM directory_chosen AS service, jsonb_path_query(
               CAST(service.document AS jsonb), '$.attributes[*].taxonomy_term_id') AS named (id)
         WHERE service.kind = 'service'
         UNION
        SELECT term.document ->> 'parent_id', number + 1
          FROM wanted JOIN term ON CAST(term.id AS text) = wanted.id
         WHERE term.document ? 'parent_id' AND number < :longest
    )
    SELECT term.document, head.document ->> 'name' AS head
      FROM term LEFT JOIN said AS head
        ON head.kind = 'taxonomy' AND CAST(head.id AS text) = term.document ->> 'taxonomy_id'
     WHERE CAST(term.id AS text) IN (SELECT id FROM wanted)
""")
PATHLESS = sa.text("""
    WITH noted AS (
        UPDATE directory_staged AS staged SET notes = array_append(staged.notes, :note)
          FROM directory_chosen AS chosen
         WHERE chosen.position = staged.position AND chosen.kind = 'service'
           AND NOT EXISTS (
               SELECT FROM jsonb_path_query(
                      CAST(chosen.document AS jsonb), '$.attributes[*].taxonomy_term_id') AS named (id)
                WHERE named.id #>> '{}' = ANY(:meant))
        RETURNING 1
    )
    SELECT count(*) AS pathless FROM noted
""").bindparams(sa.bindparam("meant", type_=ARRAY(sa.Text())))
