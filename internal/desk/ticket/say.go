// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"bufio"
	"context"
	"errors"
	"io"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// MaxFile is the greatest size of one attachment in bytes (25 MiB).
const MaxFile = 25 << 20

// MaxMailed is the greatest size of one that came with a mail in bytes (40 MiB): no less than a whole
// mail may have. What the desk has taken cannot be sent back to be made smaller (N14).
const MaxMailed = 40 << 20

// TransferFor is how long one may be on its way in or out by HTTP: a slow line is no reason to lose it.
const TransferFor = 30 * time.Minute

// MaxFiles is the greatest number of attachments on one message.
const MaxFiles = 50

// say stores the message that a command carries, if it carries one.
func (s *Service) say(ctx context.Context, tx *db.Tx, w world, t Ticket, cmd Command) (MessageID, error) {
	var m Message
	var what Say
	switch c := cmd.(type) {
	case Reply:
		what, m.Kind = c.Say, Public
		m.ByUser = c.byUser(w.by)
		if !c.until(t, w).IsZero() {
			m.Kind = Unsent
		}
	case Note:
		what, m.Kind = c.Say, Internal
	case CallRecord:
		what, m.Kind = c.Say, Call
	case AnswerReadBack:
		if c.Right || c.Mark != t.RecordMark() || !t.Detail.ReadBack.At.IsZero() || t.Detail.ReadBack.Asked.IsZero() {
			return 0, nil // nothing is said, or the rule refuses it
		}
		what, m.Kind, m.ByUser = c.Say, Public, true
	case Ask:
		what, m.Kind = Say{Text: c.text(w), Channel: c.Channel}, Public
		if what.Text == "" {
			return 0, errs.Field("elements", "ticket.ask_nothing")
		}
	case Answering:
		what, m.Kind, m.ByUser = c.Say, Public, true
	case GuideWith:
		if what, m.Kind, m.ByUser = c.Say, Public, !w.by.Staff(); what.Text == "" {
			return 0, nil // where it stands, without a word
		}
	default:
		return 0, nil
	}
	what.Text, what.Quoted = text.Storable(what.Text), text.Storable(what.Quoted)
	if err := checkText("text", what.Text); err != nil {
		return 0, err
	}
	m.Author, m.At, m.Channel = person.ID(w.by.ID), w.at, what.Channel
	if what.Author != 0 {
		m.Author = what.Author
	}
	if m.Channel == "" {
		m.Channel = Channel(w.by.Via)
	}
	return s.insertSay(ctx, tx, w.by, t, what, m)
}

// External marks a reply as coming from the requester's side though the actor is the desk:
// mail intake acts for whoever wrote the mail.
func (c Reply) External() Reply {
	c.external = true
	return c
}

// byUser reports whether the words are the requester's side's: theirs, or of somebody who takes
// part. Whoever else may speak works for the desk.
func (c Reply) byUser(by access.Actor) bool {
	return c.external || by.Kind == access.Link || by.Kind == access.Person && !by.Staff()
}

func (s *Service) insertSay(ctx context.Context, tx *db.Tx, by access.Actor, t Ticket, what Say, m Message) (MessageID, error) {
	if len(what.Files) > MaxFiles {
		return 0, errs.Field("files", "ticket.files_many", "Max", MaxFiles)
	}
	m.Ticket, m.Text, m.Quoted, m.HTML = t.ID, what.Text, what.Quoted, what.HTML
	m.Inbound, m.MailID, m.Seconds, m.Proof = what.Inbound, what.MailID, what.Seconds, what.Proof
	m.Masked = what.Masked
	m.Copied = what.Copied[:min(len(what.Copied), MaxCopied)]
	which, err := insertMessage(ctx, tx, m)
	if err != nil {
		return 0, err
	}
	for _, token := range what.Files {
		bound, err := bind(ctx, tx, token, by.ID, t.ID, which)
		if err != nil {
			return 0, err
		}
		if !bound {
			return 0, errs.Field("files", "ticket.file_gone")
		}
	}
	return which, nil
}

// File is what comes in to be attached.
type File struct {
	Name   string
	CID    string
	Inline bool
	Mailed bool // it may hold nothing, or up to MaxMailed: a mail is kept as it came
	Data   io.Reader
}

// Stage stores a file durably, to be bound to a message within a day. Its type is what our
// own sniffing says, never what the sender claims (S65). TooLarge beyond MaxFile, or MaxMailed for
// one that came by mail; Invalid for one that holds nothing and did not.
func (s *Service) Stage(ctx context.Context, by access.Actor, f File) (Attachment, error) {
	if by.Kind == access.Nobody {
		return Attachment{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	data := bufio.NewReader(f.Data)
	if _, err := data.Peek(1); errors.Is(err, io.EOF) && !f.Mailed {
		return Attachment{}, errs.New(errs.Invalid, "ticket.file_empty", "Name", FileName(f.Name))
	}
	head := &peek{r: data}
	most := int64(MaxFile)
	if f.Mailed {
		most = MaxMailed
	}
	key, size, sum, err := s.Blobs.Put(ctx, head, most)
	if errs.KindOf(err) == errs.TooLarge {
		return Attachment{}, errs.New(errs.TooLarge, "ticket.file_large", "Max", most>>20, "Name", FileName(f.Name))
	}
	if err != nil {
		return Attachment{}, err
	}
	a := Attachment{
		Token: id.Token(), Name: FileName(f.Name), Type: mimetype.Detect(head.seen).String(), Size: size, SHA256: sum, Blob: key,
		CID: oneLine(f.CID, 200), Inline: f.Inline, Owner: person.ID(by.ID), At: s.Clock.Now(),
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a.ID, err = insertAttachment(ctx, tx, a)
		return err
	})
	return a, err
}

// peek keeps the first bytes that pass, for sniffing.
type peek struct {
	r    io.Reader
	seen []byte
}

// Read reads on and keeps up to 3072 bytes.
func (p *peek) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if room := 3072 - len(p.seen); room > 0 {
		p.seen = append(p.seen, b[:min(n, room)]...)
	}
	return n, err
}

// Attachment returns a file of a ticket and its bytes, if the actor may read the message it is on.
func (s *Service) Attachment(ctx context.Context, by access.Actor, on ID, token string) (Attachment, io.ReadCloser, error) {
	gone := errs.New(errs.NotFound, "ticket.file_not_found")
	a, err := attachment(ctx, s.DB, token)
	if err != nil || a.Ticket != on || a.Message == 0 {
		return Attachment{}, nil, orNotFound(err, gone)
	}
	t, err := s.Get(ctx, by, Target{ID: on})
	if err != nil {
		return Attachment{}, nil, orNotFound(err, gone)
	}
	m, err := message(ctx, s.DB, a.Message)
	if err != nil || m.Ticket != t.ID || (m.Kind != Public && !by.Staff()) {
		return Attachment{}, nil, orNotFound(err, gone)
	}
	body, _, err := s.Blobs.Open(ctx, a.Blob)
	return a, body, err
}

func orNotFound(err error, gone *errs.Error) error {
	if err == nil || errs.KindOf(err) == errs.NotFound {
		return gone
	}
	return err
}

// Sweep removes files that were staged more than a day ago and never bound, and returns how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	old, err := staged(ctx, s.DB, s.Clock.Now().Add(-24*time.Hour), 500)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range old {
		dropped := false
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			dropped, err = dropStaged(ctx, tx, a.ID)
			return err
		})
		if err != nil {
			return n, err
		}
		if dropped {
			n++
			if err := s.Blobs.Delete(ctx, a.Blob); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}
