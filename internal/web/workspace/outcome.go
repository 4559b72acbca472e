// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// outcome is what became of a command on several tickets.
type outcome struct {
	Done    int
	Claim   bool // of one that somebody else was quicker to take
	Reasons []reason
}

// reason is why a command did not go through, and the tickets for which it did not.
type reason struct {
	Text    string
	Gaps    []page.Gap
	Tickets []ticket.Ticket
}

// reasonOf says in the reader's language why a command failed.
func reasonOf(c *page.Ctx, err error) reason {
	p := c.Problem(err)
	r := reason{Text: p.Text, Gaps: p.Gaps}
	if len(p.Fields) > 0 {
		r.Text = strings.Join(p.Fields, " ")
	}
	return r
}

func (r reason) same(other reason) bool {
	return r.Text == other.Text && slices.Equal(r.Gaps, other.Gaps)
}

// add puts a ticket under its reason.
func (o *outcome) add(r reason, t ticket.Ticket) {
	i := slices.IndexFunc(o.Reasons, r.same)
	if i < 0 {
		i = len(o.Reasons)
		o.Reasons = append(o.Reasons, r)
	}
	o.Reasons[i].Tickets = append(o.Reasons[i].Tickets, t)
}

func (o *outcome) failed() int {
	n := 0
	for _, r := range o.Reasons {
		n += len(r.Tickets)
	}
	return n
}

func (o *outcome) title(f page.Frame) string {
	if o.Claim {
		return f.T("work.claim_failed")
	}
	return f.T("work.bulk_partly", "Done", o.Done, "Failed", o.failed())
}

// keeps reports whether a ticket stays ticked, so that the next attempt needs no new picking.
func (o *outcome) keeps(ref string) bool {
	return o != nil && !o.Claim && slices.ContainsFunc(o.Reasons, func(r reason) bool {
		return slices.ContainsFunc(r.Tickets, func(t ticket.Ticket) bool { return t.Ref() == ref })
	})
}

// toldKey is the part of an address that carries an outcome: to be read again, reloaded and gone back
// to, whichever node answers. It is signed for the one whom it was told, so that nobody else can put
// words into a page.
const toldKey = "told"

// maxTold bounds what is told by an address, in bytes: a proxy in between takes no more of it.
const maxTold = 6000

// toldReason is a reason on its way through an address.
type toldReason struct {
	Text    string      `json:"t"`
	Gaps    [][2]string `json:"g,omitempty"` // clause and words
	Tickets [][2]int64  `json:"n"`           // key and number
}

type toldOutcome struct {
	Done    int          `json:"d,omitempty"`
	Claim   bool         `json:"c,omitempty"`
	Reasons []toldReason `json:"r"`
}

// tell leads to the list at an address with what became of a command above it.
func (o *outcome) tell(c *page.Ctx, list string) error {
	out := toldOutcome{Done: o.Done, Claim: o.Claim}
	for _, r := range o.Reasons {
		way := toldReason{Text: r.Text}
		for _, g := range r.Gaps {
			way.Gaps = append(way.Gaps, [2]string{g.Clause, g.Text})
		}
		for _, t := range r.Tickets {
			way.Tickets = append(way.Tickets, [2]int64{int64(t.ID), t.Number})
		}
		out.Reasons = append(out.Reasons, way)
	}
	text, err := packed(out)
	for err == nil && len(text) > maxTold && len(out.Reasons) > 1 { // the figure still counts them all
		last := out.Reasons[len(out.Reasons)-1].Tickets
		out.Reasons = out.Reasons[:len(out.Reasons)-1]
		at := &out.Reasons[len(out.Reasons)-1]
		at.Text, at.Gaps, at.Tickets = c.T("work.bulk_many_reasons"), nil, append(at.Tickets, last...)
		text, err = packed(out)
	}
	if err != nil {
		return err
	}
	u, err := url.Parse(list)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set(toldKey, text+"."+c.Kit.Keys.Sign("outcome", strconv.FormatInt(c.Actor.ID, 10), text))
	u.RawQuery = q.Encode()
	return c.Redirect(u.String())
}

// toldIn reads what became of a command from the address; nil where nothing is told, or not to this reader.
func (f *Faces) toldIn(c *page.Ctx) *outcome {
	text, mac, ok := strings.Cut(c.Query(toldKey), ".")
	if !ok || !c.Kit.Keys.Verify("outcome", mac, strconv.FormatInt(c.Actor.ID, 10), text) {
		return nil
	}
	in, err := unpacked(text)
	if err != nil {
		return nil
	}
	var keys []ticket.ID
	for _, way := range in.Reasons {
		for _, named := range way.Tickets {
			keys = append(keys, ticket.ID(named[0]))
		}
	}
	there, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return nil
	}
	o := &outcome{Done: in.Done, Claim: in.Claim}
	for _, way := range in.Reasons {
		r := reason{Text: way.Text}
		for _, g := range way.Gaps {
			one := page.Gap{Text: g[1]}
			one.Clause = g[0]
			r.Gaps = append(r.Gaps, one)
		}
		for _, named := range way.Tickets {
			t, ok := there[ticket.ID(named[0])]
			if !ok { // it is still named
				t = ticket.Ticket{Number: named[1]}
			}
			r.Tickets = append(r.Tickets, t)
		}
		o.Reasons = append(o.Reasons, r)
	}
	return o
}

func packed(o toldOutcome) (string, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if err := json.NewEncoder(w).Encode(o); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

func unpacked(text string) (o toldOutcome, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return o, err
	}
	err = json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), 1<<20)).Decode(&o)
	return o, err
}
