// SPDX-License-Identifier: Apache-2.0

package push

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/webpush"
)

// wordFor is how long the desk's word on who it is holds; a day is the most (RFC 8292, 2).
const wordFor = 12 * time.Hour

// Sender is an inbox.Pusher.
type Sender struct {
	client *http.Client
	clock  clock.Clock
}

// NewSender makes a sender that reaches what the options allow. It follows no redirect: what it
// sends is for one address.
func NewSender(o netguard.Options, c clock.Clock) *Sender {
	o.Timeout, o.MaxBytes, o.MaxRedirects = 20*time.Second, 16<<10, -1
	return &Sender{netguard.Client(o), c}
}

// Push takes one message to its browser. ErrGone where the maker says that the subscription is
// over (RFC 8030, 7.3); job.Permanent where they refuse what was sent.
func (s *Sender) Push(ctx context.Context, p inbox.Parcel) error {
	body, err := webpush.Seal(p.Body, p.P256dh, p.Auth)
	if err != nil {
		return job.Permanent(err)
	}
	word, err := webpush.Authorization(p.Endpoint, p.Key, p.Subject, s.clock.Now().Add(wordFor))
	if err != nil {
		return job.Permanent(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Endpoint, bytes.NewReader(body))
	if err != nil {
		return job.Permanent(err)
	}
	req.Header.Set("Authorization", word)
	req.Header.Set("Content-Encoding", webpush.Encoding)
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("TTL", strconv.Itoa(int(p.For/time.Second)))
	req.Header.Set("Urgency", map[bool]string{true: "high", false: "normal"}[p.Urgent])
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection can be used again
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusNotFound || code == http.StatusGone:
		return inbox.ErrGone
	case code == http.StatusTooManyRequests || code >= 500 || code == http.StatusRequestTimeout:
		return later(res, s.clock.Now())
	default:
		return job.Permanent(fmt.Errorf("push: the maker of the browser answers %d", code))
	}
}

// maxWait bounds how long a maker may put us off.
const maxWait = time.Hour

// later is a failure for now; where the maker says when to come again, that is believed.
func later(res *http.Response, now time.Time) error {
	err := fmt.Errorf("push: the maker of the browser answers %d", res.StatusCode)
	n, bad := strconv.Atoi(res.Header.Get("Retry-After"))
	if bad != nil || n <= 0 {
		return err
	}
	return job.At(now.Add(min(time.Duration(n)*time.Second, maxWait)), err)
}
