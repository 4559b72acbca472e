-- Whom a run disabled because it did not meet them, the entry says so itself: with what was said last.
-- Before, whoever was gone was taken for one of them, also whom an administrator had shut out.

-- +goose Up
UPDATE directory_entry SET said = REPLACE(said, '"active":"yes"', '"active":"no"')
  WHERE gone AND person_id IN (
    SELECT directory_line.person_id FROM directory_line JOIN directory_run ON directory_run.id = directory_line.run_id
    WHERE directory_run.source = 'ldap' AND directory_line.kind = 'disabled' AND directory_line.line < 0);

-- +goose Down
UPDATE directory_entry SET said = REPLACE(said, '"active":"no"', '"active":"yes"') WHERE gone;
