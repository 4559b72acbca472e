// SPDX-License-Identifier: Apache-2.0

package page

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// onceField carries the key of a form that makes a ticket.
const onceField = "key"

// Keyed gives a form that makes a ticket its key, where it has none yet: however often it is sent, it
// makes one.
func Keyed(f *Form) *Form {
	if f == nil {
		f = &Form{Values: url.Values{}}
	}
	if !id.IsToken(f.Get(onceField)) {
		f.Values.Set(onceField, id.Token())
	}
	return f
}

// Once lets a form that is sent twice make one ticket. Its key is the sender's own.
func (c *Ctx) Once(f *Form, r ticket.Request) ticket.Request {
	r.Key, r.Hash = "web:"+strconv.FormatInt(c.Actor.ID, 10)+":"+Keyed(f).Get(onceField), digest(r)
	return r
}

// digest tells two requests apart that come with the same key: by what was said and filled in.
func digest(r ticket.Request) string {
	h := sha256.New()
	said := []string{strconv.FormatInt(int64(r.Requester), 10), r.Subject, r.Say.Text, string(r.Channel), strings.Join(r.Say.Files, ",")}
	said = append(said, strconv.FormatInt(int64(r.Category), 10), strconv.FormatInt(int64(r.Service), 10))
	for _, e := range ticket.Elements() {
		a := r.Intake[e]
		said = append(said, a.Value, a.Reason)
	}
	if r.Given != nil {
		for _, name := range slices.Sorted(maps.Keys(r.Given.Answers)) {
			said = append(said, name, strings.Join(r.Given.Answers[name], "\x01"))
		}
	}
	for _, s := range said {
		_, _ = h.Write([]byte(s + "\x00")) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Used says what a form can mend that was sent before with other words: the next attempt is a request
// of its own.
func Used(f *Form, err error) error {
	if e := errs.As(err); e != nil && e.Key == "ticket.key_reused" {
		f.Values.Set(onceField, id.Token())
		return errs.New(errs.Conflict, "page.form_used")
	}
	return err
}
