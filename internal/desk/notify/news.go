// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// NewsJob is the kind of the job that tells somebody what they wanted to hear of.
const NewsJob = "notify:news"

// NewsLetter tells a reader of an announcement, or how a major incident goes on. It is no delivery:
// it belongs to no ticket of theirs.
const NewsLetter Template = "news"

// MonthLetter brings the figures of a month to whoever wants them, and where all of the report stands.
const MonthLetter Template = "month"

// News is what is told, in the two languages in which it may stand.
type News struct {
	Title   string
	Text    string
	TitleEN string
	TextEN  string
	Over    bool // it has ended

	Figures []Figure `json:",omitempty"` // of a monthly report: Title is its month
	Path    string   `json:",omitempty"` // where all of it stands
}

// Figure is one thing that a monthly report says: Key is the message key of what it is.
type Figure struct{ Key, Text string }

// words are those for a language; the other's where it has none.
func (n News) words(en bool) (title, text string) {
	if en && n.TitleEN != "" {
		return n.TitleEN, n.TextEN
	}
	return n.Title, n.Text
}

// news is the payload of a NewsJob. The letter keeps its name however often it is sent (F39).
type news struct {
	To    person.ID
	Token string
	News  News
}

// Tell queues, in the caller's commit, one letter to somebody. The token names what is told: the
// same news is queued once for each reader, also where the letter before has left (F39).
func (s *Service) Tell(ctx context.Context, tx *db.Tx, to person.ID, token string, n News) error {
	fresh, err := markNews(ctx, tx, to, token, s.Clock.Now())
	if err != nil || !fresh {
		return err
	}
	text, err := json.Marshal(news{to, token, n})
	if err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: NewsJob, Payload: string(text), Key: fmt.Sprint(NewsJob, ":", token, ":", to)})
}

// told is the job.
func (s *Service) told(ctx context.Context, j job.Job) error {
	var x news
	if err := json.Unmarshal([]byte(j.Payload), &x); err != nil {
		return job.Permanent(err)
	}
	p, err := s.People.Get(ctx, x.To)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil || !p.Active || !m.Sends() || m.owns(p.Email) {
		return err
	}
	via, err := s.server(m)
	if err != nil {
		return err
	}
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: NewsLetter, Lang: lang(p.Lang, desk.Lang), Zone: zone(p.Zone, desk.Zone), At: j.QueuedAt,
		Desk: desk.Name, Hotline: desk.Hotline, Reader: p.Name, Link: s.BaseURL + "/incidents", Ended: x.News.Over,
	}
	n.Subject, n.Text = x.News.words(n.Lang == "en")
	if len(x.News.Figures) > 0 {
		n.Template, n.Figures, n.Link = MonthLetter, x.News.Figures, s.BaseURL+x.News.Path
	}
	body, err := s.Renderer.Render(n)
	if err != nil {
		return job.Permanent(err)
	}
	from := Mailbox{Name: cmp.Or(m.Name, desk.Name), Address: m.Address}
	err = s.Sender.Send(ctx, via, Mail{
		From: from, To: Mailbox{Name: p.Name, Address: p.Email}, ReplyTo: from, MessageID: fmt.Sprintf("<news.%s.%d@%s>", x.Token, x.To, domain(m)),
		At: n.At, Kind: Report, Lang: n.Lang, Body: body,
	})
	return s.outcome(j, err)
}
