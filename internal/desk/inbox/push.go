// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// PushJob is the kind of the job that takes one message to one browser.
const PushJob = "inbox:push"

// pushFor is how long a message waits with the maker of a browser that sleeps.
const pushFor = 4 * time.Hour

// Parcel is a message to a browser, to be sealed so that only it can read it.
type Parcel struct {
	Endpoint string
	P256dh   []byte
	Auth     []byte
	Body     []byte
	Key      []byte        // the desk's own private key, by which the maker of the browser knows it (RFC 8292)
	Subject  string        // where whoever runs the desk can be reached
	For      time.Duration // how long it is worth anything
	Urgent   bool
}

// ErrGone is what a Pusher answers where the browser takes nothing any more.
var ErrGone = errors.New("inbox: the browser is gone")

// Pusher takes a parcel to where the maker of the browser takes it in. It returns nil when they
// did, ErrGone where the subscription is over, job.Permanent where trying again would not help.
type Pusher interface {
	Push(ctx context.Context, p Parcel) error
}

// PushName is the name under which PushKey is stored.
const PushName = "inbox.push"

// PushKey is the desk's key for messages to browsers, made once: another one would be a stranger
// to every browser that has said yes.
type PushKey struct {
	Sealed string // the private half, sealed (kit/secret); never leaves the house
	Public string // the public half, base64url, as browsers want it
}

// Check finds nothing wrong: the desk makes it itself.
func (PushKey) Check() error { return nil }

const sealPushFor = "inbox.push.key"

// PublicKey returns the public half of the desk's key, made where there is none yet. Of two who
// make it at once both get the one that was first.
func (s *Service) PublicKey(ctx context.Context, who access.Actor) (string, error) {
	if err := may(who); err != nil {
		return "", err
	}
	k, version, err := setting.Load(ctx, s.Settings, PushName, PushKey{})
	if err != nil || k.Public != "" {
		return k.Public, err
	}
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	if k.Sealed, err = s.Keys.Seal(sealPushFor, private.Bytes()); err != nil {
		return "", err
	}
	k.Public = base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes())
	err = setting.Save(ctx, s.Settings, access.Desk(), PushName, k, version)
	if errs.KindOf(err) == errs.Stale {
		k, _, err = setting.Load(ctx, s.Settings, PushName, PushKey{})
	}
	return k.Public, err
}

// pushing is the payload of a PushJob. Item is 0 for a message that only says that it works.
type pushing struct {
	Browser BrowserID
	Item    ItemID
}

func (s *Service) queuePush(ctx context.Context, tx *db.Tx, to BrowserID, what ItemID) error {
	payload, err := json.Marshal(pushing{to, what})
	if err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: PushJob, Payload: string(payload), Key: fmt.Sprint(PushJob, ":", to, ":", what)})
}

// Message is what a browser shows. Without the reader's leave it holds no word of a ticket: it is
// shown on screens that others see, and on locked ones.
type Message struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Path  string `json:"path"` // within the desk
	Tag   string `json:"tag"`  // a later message of the same tag takes its place
	Lang  string `json:"lang"`
}

// push takes a message to a browser. What was read or done meanwhile, or is as old as the message
// would be kept, is not shown any more.
func (s *Service) push(ctx context.Context, j job.Job) error {
	var p pushing
	if err := json.Unmarshal([]byte(j.Payload), &p); err != nil {
		return job.Permanent(err)
	}
	b, err := browser(ctx, s.DB, p.Browser)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || s.Pusher == nil {
		return err
	}
	parcel, fit, err := s.parcel(ctx, b, p.Item, j.QueuedAt)
	if err != nil || !fit {
		return err
	}
	err = s.Pusher.Push(ctx, parcel)
	if err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err == nil {
			return usedBrowser(ctx, tx, b.ID, s.Clock.Now())
		}
		_, err := dropBrowser(ctx, tx, b.ID, 0)
		return err
	})
}

// parcel makes the message for a browser; false where there is nothing to say any more.
func (s *Service) parcel(ctx context.Context, b Browser, about ItemID, since time.Time) (Parcel, bool, error) {
	who, err := s.People.Get(ctx, b.Person)
	if err != nil || !who.Active || !who.Role.Staff() || s.Clock.Now().Sub(since) > pushFor {
		return Parcel{}, false, err
	}
	lang, known := i18n.Known(who.Lang)
	if !known {
		lang = i18n.ZH
	}
	m := Message{Title: i18n.T(lang, "inbox.try_title"), Body: i18n.T(lang, "inbox.try_body"), Path: "/me/notices", Tag: "try", Lang: string(lang)}
	hurry := false
	if about != 0 {
		var fit bool
		if m, hurry, fit, err = s.message(ctx, about, lang); err != nil || !fit {
			return Parcel{}, false, err
		}
	}
	k, _, err := setting.Load(ctx, s.Settings, PushName, PushKey{})
	if err != nil {
		return Parcel{}, false, err
	}
	key, err := s.Keys.Open(sealPushFor, k.Sealed)
	if err != nil {
		return Parcel{}, false, job.Permanent(err)
	}
	point, err := decoded(b.P256dh)
	if err != nil {
		return Parcel{}, false, job.Permanent(err)
	}
	auth, err := decoded(b.Auth)
	if err != nil {
		return Parcel{}, false, job.Permanent(err)
	}
	body, err := json.Marshal(m)
	return Parcel{Endpoint: b.Endpoint, P256dh: point, Auth: auth, Body: body, Key: key, Subject: s.BaseURL, For: pushFor, Urgent: hurry}, true, err
}

// message says in number and kind what happened, and with the reader's leave on which ticket.
func (s *Service) message(ctx context.Context, about ItemID, lang i18n.Lang) (m Message, hurry, fit bool, err error) {
	i, err := item(ctx, s.DB, about)
	if errs.KindOf(err) == errs.NotFound {
		return m, false, false, nil
	}
	if err != nil || i.Read() || !i.DoneAt.IsZero() {
		return m, false, false, err
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: i.Ticket})
	if err != nil {
		return m, false, false, err
	}
	r, err := readerOf(ctx, s.DB, i.Person)
	if err != nil {
		return m, false, false, err
	}
	m = Message{
		Title: t.Ref(), Body: i18n.T(lang, "inbox.kind_"+string(i.Kind)), Path: "/work/tickets/" + strconv.FormatInt(t.Number, 10),
		Tag: t.Ref(), Lang: string(lang),
	}
	if r.Words {
		m.Title += " " + t.Subject
	}
	return m, urgent(t) || i.Kind == Clock, true, nil
}
