// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Letter is the wording of a letter: one line of subject, and paragraphs with an empty line
// between them. It holds placeholders, "{{number}}", and no logic. A paragraph whose
// placeholders all have nothing to say is left out, so that nothing needs an "if".
type Letter struct {
	Subject string
	Body    string
}

// Bounds of a wording, in characters.
const (
	maxSubject = 150
	maxBody    = 4000
)

// Check is for the store of settings; what a letter must say is judged by SaveLetter.
func (l Letter) Check() error {
	var bad []errs.FieldError
	if utf8.RuneCountInString(l.Subject) > maxSubject || l.Subject != person.CleanName(l.Subject) {
		bad = append(bad, errs.FieldError{Name: "subject", Key: "notify.subject_line", Args: []any{"Max", maxSubject}})
	}
	if utf8.RuneCountInString(l.Body) > maxBody || strings.ContainsFunc(l.Body, unprintable) {
		bad = append(bad, errs.FieldError{Name: "body", Key: "notify.body_length", Args: []any{"Max", maxBody}})
	}
	return errs.Invalidf(bad...)
}

func (l Letter) empty() bool { return l.Subject == "" && l.Body == "" }

// Editable lists the letters whose wording an administrator may change, requesters' first.
// Alarms say what they must.
func Editable() []Template {
	return slices.DeleteFunc(Templates(), func(w Template) bool { return len(w.Placeholders()) == 0 })
}

// Placeholders lists what the wording of a letter may name, in the order in which a page shows
// them. The acknowledgement may go to somebody who never wrote to us, and therefore names
// nobody and quotes nothing (S14, F37).
func (w Template) Placeholders() []string {
	all := []string{"number", "name", "subject", "desk", "hotline", "link"}
	switch w {
	case Acknowledged:
		return []string{"number", "expect", "link", "desk", "hotline"}
	case Replied:
		return append(all, "by", "text", "files")
	case Blocked, Waiting:
		return append(all, "what", "stuck", "doing", "next")
	case Solved:
		return append(all, "solution", "cause", "prevention", "checks", "confirm", "answer_by")
	case TimeUp:
		return append(all, "what", "reopen")
	case Closed:
		return append(all, "what", "reason", "reopen", "rate")
	case Reopened:
		return append(all, "what", "text")
	case Assigned:
		return append(all, "what", "by")
	case HandedOver:
		return append(all, "by", "done", "why", "needed")
	case Answered:
		return append(all, "by", "text", "files")
	case Rejected, Returned, Withdrawn, VendorLate:
		return append(all, "by", "text")
	default:
		return nil
	}
}

// subjectWords are the placeholders that fit into a subject.
func (w Template) subjectWords() []string {
	if w == Acknowledged {
		return []string{"number", "desk"}
	}
	return []string{"number", "name", "subject", "desk", "by"}
}

// Need is a placeholder that a letter must hold, and the clause that asks for it.
type Need struct {
	Name   string
	Clause string // "N19"; empty where the desk itself could not go on without it
}

// Needs lists what the wording of a letter must not drop.
func (w Template) Needs() []Need {
	switch w {
	case Acknowledged:
		return []Need{{"number", "N19"}, {"link", "N19"}, {"expect", "N20"}}
	case Replied, Answered:
		return []Need{{"text", ""}, {"link", ""}}
	case Blocked:
		return []Need{{"stuck", "N30"}, {"doing", "N30"}, {"next", "N30"}, {"link", ""}}
	case Waiting:
		return []Need{{"what", ""}, {"link", ""}}
	case Solved:
		return []Need{{"solution", "N32"}, {"confirm", "N35"}}
	case TimeUp, Closed:
		return []Need{{"what", ""}, {"link", ""}}
	case HandedOver:
		return []Need{{"done", "N28"}, {"why", "N28"}, {"needed", "N28"}, {"link", ""}}
	default:
		return []Need{{"link", ""}}
	}
}

// judge returns Invalid where a wording names what the letter does not know, or drops what it
// must say.
func (l Letter) judge(w Template) error {
	if err := l.Check(); err != nil {
		return err
	}
	var bad []errs.FieldError
	for _, part := range []struct {
		name, text string
		known      []string
	}{{"subject", l.Subject, w.subjectWords()}, {"body", l.Body, w.Placeholders()}} {
		names, whole := Names(part.text)
		if strings.TrimSpace(part.text) == "" {
			bad = append(bad, errs.FieldError{Name: part.name, Key: "notify.wording_empty"})
			continue
		}
		if !whole {
			bad = append(bad, errs.FieldError{Name: part.name, Key: "notify.placeholder_open", Args: []any{"Open", "{{", "Close", "}}"}})
			continue
		}
		for _, n := range names {
			if !slices.Contains(part.known, n) {
				bad = append(bad, errs.FieldError{Name: part.name, Key: "notify.placeholder_unknown", Args: []any{"Name", "{{" + n + "}}"}})
				break
			}
		}
	}
	if len(bad) == 0 {
		bad = l.lacks(w)
	}
	return errs.Invalidf(bad...)
}

// lacks finds what a wording drops.
func (l Letter) lacks(w Template) []errs.FieldError {
	names, _ := Names(l.Body)
	for _, need := range w.Needs() {
		if slices.Contains(names, need.Name) {
			continue
		}
		if need.Clause == "" {
			return []errs.FieldError{{Name: "body", Key: "notify.placeholder_needed", Args: []any{"Name", "{{" + need.Name + "}}"}}}
		}
		return []errs.FieldError{{Name: "body", Key: "notify.clause_needed", Args: []any{"Name", "{{" + need.Name + "}}", "Clause", need.Clause}}}
	}
	return nil
}

// Names lists the placeholders of a text in their order; false where one is not closed or is
// no name at all.
func Names(text string) ([]string, bool) {
	var out []string
	for {
		_, after, found := strings.Cut(text, "{{")
		if !found {
			return out, !strings.Contains(text, "}}")
		}
		name, rest, closed := strings.Cut(after, "}}")
		name = strings.TrimSpace(name)
		if !closed || name == "" || len(name) > 40 || strings.ContainsAny(name, "{}\n") {
			return out, false
		}
		out, text = append(out, name), rest
	}
}

// letterName is the name under which a wording is stored.
func letterName(w Template, l i18n.Lang) string {
	return "notify.letter." + string(w) + "." + string(l)
}

// Wording is a letter as the administrator's pages show it.
type Wording struct {
	Template Template
	Lang     i18n.Lang
	Letter   Letter
	Own      bool  // an administrator wrote it; else it is the house's
	Version  int64 // to save it with
}

// Wordings lists every letter in both languages.
func (s *Service) Wordings(ctx context.Context, by access.Actor) ([]Wording, error) {
	var out []Wording
	for _, w := range Editable() {
		for _, l := range []i18n.Lang{i18n.ZH, i18n.EN} {
			x, err := s.Wording(ctx, by, w, l)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// Wording returns one letter: as an administrator wrote it, else the house's own text.
// NotFound where there is no such letter.
func (s *Service) Wording(ctx context.Context, by access.Actor, w Template, l i18n.Lang) (Wording, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Wording{}, err
	}
	if !slices.Contains(Editable(), w) || (l != i18n.ZH && l != i18n.EN) {
		return Wording{}, errs.New(errs.NotFound, "notify.no_letter")
	}
	own, version, err := setting.Load(ctx, s.Settings, letterName(w, l), Letter{})
	if err != nil {
		return Wording{}, err
	}
	out := Wording{Template: w, Lang: l, Letter: own, Own: !own.empty(), Version: version}
	if own.empty() {
		out.Letter = s.Renderer.Draft(w, l)
	}
	return out, nil
}

// SaveLetter stores a wording; an empty one brings the house's own back. Invalid with the
// fields and a sentence that names what is wrong, Stale where somebody else saved meanwhile.
func (s *Service) SaveLetter(ctx context.Context, by access.Actor, w Template, l i18n.Lang, text Letter, version int64) error {
	was, err := s.Wording(ctx, by, w, l)
	if err != nil {
		return err
	}
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	if was.Version != version {
		return errs.Overtaken(was.Version)
	}
	text.Subject, text.Body = strings.TrimSpace(text.Subject), lines(text.Body)
	if !text.empty() {
		if err := text.judge(w); err != nil {
			return err
		}
	}
	return setting.Save(ctx, s.Settings, by, letterName(w, l), text, version)
}

// Preview writes a letter with a wording that is not stored yet and with made-up content.
func (s *Service) Preview(ctx context.Context, by access.Actor, w Template, l i18n.Lang, text Letter) (Body, error) {
	if _, err := s.Wording(ctx, by, w, l); err != nil {
		return Body{}, err
	}
	text.Subject, text.Body = strings.TrimSpace(text.Subject), lines(text.Body)
	if err := text.judge(w); err != nil {
		return Body{}, err
	}
	n := s.sample(ctx, w, l)
	n.Custom = &text
	return s.Renderer.Render(n)
}

// render writes a letter in an administrator's words, else in the house's. A wording that
// cannot be rendered keeps no letter back.
func (s *Service) render(ctx context.Context, n Notice) (Body, error) {
	house := n
	n.Custom = s.worded(ctx, n)
	worded := n.Custom != nil
	n.Also = slices.Clone(n.Also) // what rides along is in its own words too
	for i, also := range n.Also {
		n.Also[i].Custom = s.worded(ctx, also)
		worded = worded || n.Also[i].Custom != nil
	}
	if worded {
		if body, err := s.Renderer.Render(n); err == nil {
			return body, nil
		}
	}
	return s.Renderer.Render(house)
}

// worded is an administrator's wording of a letter that still says what it must; nil where there
// is none. That of a solution asks for the requester's word: it is for letters that do.
func (s *Service) worded(ctx context.Context, n Notice) *Letter {
	own, _, err := setting.Load(ctx, s.Settings, letterName(n.Template, n.Lang), Letter{})
	if err != nil || own.empty() || own.judge(n.Template) != nil || n.Template == Solved && n.Answer == "" {
		return nil
	}
	return &own
}

// sample is made-up content for a preview.
func (s *Service) sample(ctx context.Context, w Template, l i18n.Lang) Notice {
	say := func(key string) string { return i18n.T(l, "notify.sample_"+key) }
	desk, now := s.Settings.Desk(ctx), s.Clock.Now()
	n := Notice{
		Template: w, Lang: l, Zone: zone("", desk.Zone), At: now, Desk: desk.Name, Hotline: desk.Hotline, Reader: say("name"),
		Ref: "LD-1042", Subject: say("subject"), By: say("by"), Link: s.BaseURL + "/", Next: now.Add(2 * time.Hour), Text: say("text"),
		Wait: ticket.ForRequester, Stuck: say("stuck"), Doing: say("doing"), Outcome: ticket.Confirmed, Reopen: desk.ReopenDays,
		Solution: ticket.Solution{Text: say("solution"), Cause: say("cause"), Prevention: say("prevention"), Verify: []string{say("check")}},
		Note:     ticket.HandOverNote{Done: say("doing"), Why: say("stuck"), Needed: say("solution")}, Assignee: true,
	}
	n.Answer, n.Rate = n.Link, n.Link
	if w == Replied || w == Answered {
		n.Files = []string{say("file")}
	}
	return n
}
