// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, number, token, version, status, pending, closed_as, subject, snippet, channel, requester_id,
	COALESCE(owner_id, 0), COALESCE(assignee_id, 0), COALESCE(group_id, 0), COALESCE(category_id, 0), COALESCE(service_id, 0),
	graded, priority, detail, created_at, updated_at, accepted_at, first_response_at, last_public_at, last_requester_at,
	resolved_at, confirmed_at, closed_at, COALESCE(merged_into_id, 0), next_due, next_clock, promise_at,
	department, place, reopened, hand_overs`

// noDetail is what lists read in place of the detail: they show none of it but the little that
// has columns of its own, by which filters ask.
const noDetail = "{}"

func scan(r db.Row) (t Ticket, err error) {
	err = scanInto(r, &t)
	return t, err
}

func scanInto(r db.Row, t *Ticket) error {
	var detail, department, place string
	var reopened, handOvers int
	err := r.Scan(&t.ID, &t.Number, &t.Token, &t.Version, &t.Status, &t.Pending, &t.ClosedAs, &t.Subject, &t.Snippet, &t.Channel, &t.Requester,
		&t.Owner, &t.Assignee, &t.Group, &t.Category, &t.Service,
		&t.Graded, &t.Priority, &detail, &t.CreatedAt, &t.UpdatedAt, &t.AcceptedAt, &t.FirstResponseAt, &t.LastPublicAt, &t.LastRequesterAt,
		&t.ResolvedAt, &t.ConfirmedAt, &t.ClosedAt, &t.MergedInto, &t.NextDue, &t.NextClock, &t.PromiseAt,
		&department, &place, &reopened, &handOvers)
	if err == nil && detail != noDetail {
		return json.Unmarshal([]byte(detail), &t.Detail)
	}
	t.Detail.Organisation, t.Detail.Site, t.Detail.Reopened, t.Detail.HandOvers = department, place, reopened, handOvers
	return err
}

// inCommit is the key under which a commit knows a ticket. Every statement that writes its row
// lets it be forgotten.
type inCommit ID

// take reads a ticket for change: one statement locks the row, counts the change and returns it.
func take(ctx context.Context, tx *db.Tx, which ID) (Ticket, error) {
	tx.Forget(inCommit(which))
	return db.One(ctx, tx, scan, `UPDATE ticket SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

// lock reads a ticket and keeps others from taking it until the commit.
func lock(ctx context.Context, tx *db.Tx, which ID) (Ticket, error) {
	tx.Forget(inCommit(which))
	return db.One(ctx, tx, scan, `UPDATE ticket SET version = version WHERE id = $1 RETURNING `+columns, which)
}

func some(ctx context.Context, q db.Querier, keys []ID) ([]Ticket, error) {
	args := make([]any, 0, len(keys))
	for _, k := range keys {
		args = append(args, k)
	}
	return db.All(ctx, q, scan, `SELECT `+listColumns+` FROM ticket WHERE id IN (`+db.List(len(keys), 1)+`)`, args...)
}

func get(ctx context.Context, q db.Querier, which ID) (Ticket, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM ticket WHERE id = $1`, which)
}

// read finds a ticket by its key, or by its number where no key is given.
func read(ctx context.Context, q db.Querier, on Target) (Ticket, error) {
	if on.ID != 0 {
		return get(ctx, q, on.ID)
	}
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM ticket WHERE number = $1`, on.Number)
}

func insert(ctx context.Context, tx *db.Tx, t Ticket) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO ticket (number, token, status, subject, channel, requester_id, priority, created_at, updated_at, next_due)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
		t.Number, t.Token, t.Status, t.Subject, t.Channel, t.Requester, t.Priority, t.CreatedAt, t.UpdatedAt, t.NextDue)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, t Ticket) error {
	tx.Forget(inCommit(t.ID))
	detail, err := json.Marshal(t.Detail)
	if err != nil {
		return err
	}
	isOpen := int64(1)
	if t.Status == Closed {
		isOpen = 0
	}
	_, err = db.Exec(ctx, tx, `
		UPDATE ticket SET status = $2, is_open = $3, closed_as = $4, subject = $5, snippet = $6,
			owner_id = $7, assignee_id = $8, group_id = $9, category_id = $10, service_id = $11,
			graded = $12, priority = $13, detail = $14, updated_at = $15, accepted_at = $16, first_response_at = $17,
			last_public_at = $18, last_requester_at = $19, resolved_at = $20, confirmed_at = $21, closed_at = $22,
			merged_into_id = $23, next_due = $24, next_clock = $25, promise_at = $26, pending = $27,
			department = $28, place = $29, reopened = $30, hand_overs = $31
		WHERE id = $1`,
		t.ID, t.Status, isOpen, t.ClosedAs, t.Subject, t.Snippet,
		db.Opt(t.Owner), db.Opt(t.Assignee), db.Opt(t.Group), db.Opt(t.Category), db.Opt(t.Service),
		t.Graded, t.Priority, string(detail), t.UpdatedAt, t.AcceptedAt, t.FirstResponseAt,
		t.LastPublicAt, t.LastRequesterAt, t.ResolvedAt, t.ConfirmedAt, t.ClosedAt,
		db.Opt(t.MergedInto), t.NextDue, t.NextClock, t.PromiseAt, t.Pending,
		t.Detail.Organisation, t.Detail.Site, t.Detail.Reopened, t.Detail.HandOvers)
	return err
}

// nextNumber counts tickets. On SQLite one writer makes a counter row free; on PostgreSQL a
// sequence keeps writers apart and may leave gaps.
var nextNumber = db.Pair{ //nolint:gochecknoglobals // a pair of constant texts
	SQLite:   `UPDATE ticket_number SET value = value + 1 RETURNING value`,
	Postgres: `SELECT nextval('ticket_number')`,
}

func number(ctx context.Context, tx *db.Tx, e db.Engine) (int64, error) {
	return db.One(ctx, tx, db.Int, nextNumber.For(e))
}

const messageColumns = `id, ticket_id, kind, COALESCE(author_id, 0), by_user, first, channel, body, quoted, html,
	COALESCE(inbound_id, 0), mail_id, seconds, at, proof, copied, masked`

func scanMessage(r db.Row) (m Message, err error) {
	var proof, copied string
	err = r.Scan(&m.ID, &m.Ticket, &m.Kind, &m.Author, &m.ByUser, &m.First, &m.Channel, &m.Text, &m.Quoted, &m.HTML,
		&m.Inbound, &m.MailID, &m.Seconds, &m.At, &proof, &copied, &m.Masked)
	if copied != "" {
		m.Copied = strings.Fields(copied)
	}
	if err == nil {
		m.Proof, err = UnpackProof(proof)
	}
	return m, err
}

func insertMessage(ctx context.Context, tx *db.Tx, m Message) (MessageID, error) {
	proof, err := m.Proof.Pack()
	if err != nil {
		return 0, err
	}
	n, err := db.Insert(ctx, tx, `
		INSERT INTO message (ticket_id, kind, author_id, by_user, first, channel, body, quoted, html, inbound_id, mail_id, seconds, at, proof, copied, masked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
		m.Ticket, m.Kind, db.Opt(m.Author), m.ByUser, m.First, m.Channel, m.Text, m.Quoted, m.HTML, db.Opt(m.Inbound), m.MailID, m.Seconds, m.At,
		proof, strings.Join(m.Copied, "\n"), m.Masked)
	return MessageID(n), err
}

func messages(ctx context.Context, q db.Querier, on ID, staff bool) ([]Message, error) {
	if staff {
		return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM message WHERE ticket_id = $1 ORDER BY id`, on)
	}
	return db.All(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM message WHERE ticket_id = $1 AND kind = 'public' ORDER BY id`, on)
}

func message(ctx context.Context, q db.Querier, which MessageID) (Message, error) {
	return db.One(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM message WHERE id = $1`, which)
}

const attachmentColumns = `id, token, COALESCE(ticket_id, 0), COALESCE(message_id, 0), name, type, size, sha256, blob, cid, inline,
	COALESCE(owner_id, 0), at`

func scanAttachment(r db.Row) (a Attachment, err error) {
	err = r.Scan(&a.ID, &a.Token, &a.Ticket, &a.Message, &a.Name, &a.Type, &a.Size, &a.SHA256, &a.Blob, &a.CID, &a.Inline, &a.Owner, &a.At)
	return a, err
}

func insertAttachment(ctx context.Context, tx *db.Tx, a Attachment) (int64, error) {
	return db.Insert(ctx, tx, `
		INSERT INTO attachment (token, ticket_id, message_id, name, type, size, sha256, blob, cid, inline, owner_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		a.Token, db.Opt(a.Ticket), db.Opt(a.Message), a.Name, a.Type, a.Size, a.SHA256, a.Blob, a.CID, a.Inline, db.Opt(a.Owner), a.At)
}

// bind gives a staged attachment to a message. Only its owner's own staged files can be bound (S34).
func bind(ctx context.Context, tx *db.Tx, token string, owner int64, on ID, to MessageID) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE attachment SET ticket_id = $3, message_id = $4
		WHERE token = $1 AND message_id IS NULL AND COALESCE(owner_id, 0) = $2`, token, owner, on, to)
	return n == 1, err
}

// letOut makes a message one that the requester reads.
func letOut(ctx context.Context, tx *db.Tx, which MessageID) error {
	_, err := db.Exec(ctx, tx, `UPDATE message SET kind = 'public' WHERE id = $1 AND kind = 'unsent'`, which)
	return err
}

// tokensOf reads the tokens of the files of a message, in their order.
func tokensOf(ctx context.Context, q db.Querier, which MessageID) ([]string, error) {
	return db.All(ctx, q, func(r db.Row) (token string, err error) {
		err = r.Scan(&token)
		return token, err
	}, `SELECT token FROM attachment WHERE message_id = $1 ORDER BY id`, which)
}

// unbind makes the files of a message that was taken back staged ones again.
func unbind(ctx context.Context, tx *db.Tx, which MessageID) error {
	_, err := db.Exec(ctx, tx, `UPDATE attachment SET ticket_id = NULL, message_id = NULL WHERE message_id = $1`, which)
	return err
}

func attachments(ctx context.Context, q db.Querier, on ID) ([]Attachment, error) {
	return db.All(ctx, q, scanAttachment, `SELECT `+attachmentColumns+` FROM attachment WHERE ticket_id = $1 ORDER BY id`, on)
}

func attachment(ctx context.Context, q db.Querier, token string) (Attachment, error) {
	return db.One(ctx, q, scanAttachment, `SELECT `+attachmentColumns+` FROM attachment WHERE token = $1`, token)
}

func staged(ctx context.Context, q db.Querier, before time.Time, limit int) ([]Attachment, error) {
	return db.All(ctx, q, scanAttachment, `
		SELECT `+attachmentColumns+` FROM attachment WHERE message_id IS NULL AND at < $1
			AND NOT EXISTS (SELECT 1 FROM ticket_draft_file d WHERE d.token = attachment.token) ORDER BY at LIMIT $2`, before, limit)
}

func dropStaged(ctx context.Context, tx *db.Tx, which int64) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM attachment WHERE id = $1 AND message_id IS NULL`, which)
	return n == 1, err
}

func keepDraft(ctx context.Context, tx *db.Tx, on ID, who int64, d Draft) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO ticket_draft (ticket_id, person_id, kind, text, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket_id, person_id, kind) DO UPDATE SET text = excluded.text, at = excluded.at`, on, who, d.Kind, d.Text, d.At)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM ticket_draft_file WHERE ticket_id = $1 AND person_id = $2 AND kind = $3`, on, who, d.Kind); err != nil {
		return err
	}
	for i, token := range d.Files { // one's own that wait: whatever else is named keeps nothing alive (S34)
		_, err := db.Exec(ctx, tx, `
			INSERT INTO ticket_draft_file (ticket_id, person_id, kind, place, token)
			SELECT $1, $2, $3, $4, token FROM attachment WHERE token = $5 AND owner_id = $2 AND message_id IS NULL`, on, who, d.Kind, i, token)
		if err != nil {
			return err
		}
	}
	return nil
}

// draftFiles reads the tokens beside the actor's drafts on a ticket, in their order.
func draftFiles(ctx context.Context, q db.Querier, on ID, who int64) (map[Name][]string, error) {
	type line struct {
		kind  Name
		token string
	}
	list, err := db.All(ctx, q, func(r db.Row) (l line, err error) {
		err = r.Scan(&l.kind, &l.token)
		return l, err
	}, `SELECT kind, token FROM ticket_draft_file WHERE ticket_id = $1 AND person_id = $2 ORDER BY kind, place`, on, who)
	out := map[Name][]string{}
	for _, l := range list {
		out[l.kind] = append(out[l.kind], l.token)
	}
	return out, err
}

// dropDraft reports whether there was one.
func dropDraft(ctx context.Context, tx *db.Tx, on ID, who int64, kind Name) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM ticket_draft WHERE ticket_id = $1 AND person_id = $2 AND kind = $3`, on, who, kind)
	return n > 0, err
}

// draftOf is a draft and whose it is.
type draftOf struct {
	Draft
	who int64
}

// drafts reads the actor's own drafts on a ticket, and of those of others only that they are.
func drafts(ctx context.Context, q db.Querier, on ID, who int64) ([]draftOf, error) {
	return db.All(ctx, q, func(r db.Row) (d draftOf, err error) {
		err = r.Scan(&d.who, &d.Kind, &d.Text, &d.At)
		return d, err
	}, `SELECT person_id, kind, CASE WHEN person_id = $2 THEN text ELSE '' END, at FROM ticket_draft WHERE ticket_id = $1 ORDER BY at DESC, person_id, kind`, on, who)
}

// draftAt is when a draft was last kept; zero where there is none.
func draftAt(ctx context.Context, q db.Querier, on ID, who int64, kind Name) (time.Time, error) {
	list, err := db.All(ctx, q, func(r db.Row) (at time.Time, err error) {
		err = r.Scan(&at)
		return at, err
	}, `SELECT at FROM ticket_draft WHERE ticket_id = $1 AND person_id = $2 AND kind = $3`, on, who, kind)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0], nil
}
