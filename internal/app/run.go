// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// operatorFor bounds a request of the operator's programs.
const operatorFor = 10 * time.Second

// drainFor is how long the requests that are under way have to finish (F07). The jobs have as
// much beside them, and what is left is taken up after the next start.
const drainFor = 8 * time.Second

// Doors are the listeners of a house; nil ones stay shut.
type Doors struct {
	HTTP    net.Listener
	SMTP    net.Listener
	LMTP    net.Listener
	Metrics net.Listener   // for the operator alone (A79)
	TURN    net.PacketConn // the relay of shared screens, by UDP
	TURNTCP net.Listener   // and by TCP, for networks that let no UDP out
}

// Run opens the doors and works until ctx ends; then it drains: nothing new is let in, what is
// under way finishes, within ten seconds in all. It returns nil then. Close comes after it.
//
// The operator's door stays open until the rest has drained, and says meanwhile that this
// node is not ready.
func (h *House) Run(ctx context.Context, d Doors) error {
	if err := h.listen(ctx); err != nil {
		return err
	}
	if err := h.Clocks.Upgraded(ctx); err != nil {
		return fmt.Errorf("plan after an upgrade: %w", err)
	}
	if err := h.Search.Ensure(ctx); err != nil {
		return fmt.Errorf("look at the search index: %w", err)
	}
	if err := h.ensure(ctx); err != nil {
		return err
	}
	watched, unwatch := context.WithCancel(context.WithoutCancel(ctx))
	var operators errgroup.Group
	if d.Metrics != nil {
		operators.Go(func() error { return h.serveHTTP(watched, d.Metrics, h.operators()) })
	}
	h.ready.Store(true)
	err := h.work(ctx, d)
	unwatch()
	return errors.Join(err, operators.Wait())
}

// ensure plans what is done by the clock and plans its own next run, where nothing waits: at first,
// and after one that failed so often that it was given up.
func (h *House) ensure(ctx context.Context) error {
	if err := h.Directory.Ensure(ctx); err != nil {
		return fmt.Errorf("look at the directory: %w", err)
	}
	if err := h.Suggest.Ensure(ctx); err != nil {
		return fmt.Errorf("plan the next learning: %w", err)
	}
	if err := h.Problems.Ensure(ctx); err != nil {
		return fmt.Errorf("plan the next look at what recurs: %w", err)
	}
	if err := h.Scores.Ensure(ctx); err != nil {
		return fmt.Errorf("plan the next monthly report by mail: %w", err)
	}
	return nil
}

// work is Run without the operator's door.
func (h *House) work(ctx context.Context, d Doors) error {
	g, ctx := errgroup.WithContext(ctx)
	context.AfterFunc(ctx, func() { h.ready.Store(false) })
	g.Go(func() error { return h.Jobs.Run(ctx) })
	g.Go(func() error { return h.housekeeping(ctx) })
	g.Go(func() error { return h.Fetcher.Run(ctx) })
	g.Go(func() error { return h.reporting(ctx) })
	g.Go(func() error { return h.Escalations.Run(ctx) })
	if d.HTTP != nil {
		g.Go(func() error { return h.serveHTTP(ctx, d.HTTP, h.server()) })
	}
	if d.TURN != nil {
		serve := h.OpenRelay(d.TURN, d.TURNTCP)
		g.Go(func() error { return serve(ctx) })
	}
	if d.SMTP != nil {
		g.Go(func() error { return h.Receiver().Serve(ctx, d.SMTP) })
	}
	if d.LMTP != nil {
		g.Go(func() error { return h.LMTPReceiver().Serve(ctx, d.LMTP) })
	}
	return g.Wait()
}

// listen keeps what this node holds in memory up to date with what others do.
func (h *House) listen(ctx context.Context) error {
	if err := h.Hub.Listen(ctx); err != nil {
		return fmt.Errorf("listen for hints: %w", err)
	}
	if h.DB.Engine() != db.Postgres { // nobody else writes, nor is at the jobs of the last run
		return h.Jobs.Inherit(ctx)
	}
	if err := h.DB.Listen(ctx, majorChannel, func(string) {
		if err := h.Majors.Load(ctx); err != nil && ctx.Err() == nil {
			h.Log.WarnContext(ctx, "major incidents of other nodes not read", "error", err)
		}
	}); err != nil {
		return fmt.Errorf("listen for major incidents: %w", err)
	}
	if err := h.DB.Listen(ctx, runbookChannel, func(string) {
		if err := h.Runbooks.Load(ctx); err != nil && ctx.Err() == nil {
			h.Log.WarnContext(ctx, "runbooks of other nodes not read", "error", err)
		}
	}); err != nil {
		return fmt.Errorf("listen for runbooks: %w", err)
	}
	changed := make(chan ticket.ID, 1024)
	err := h.DB.Listen(ctx, boardChannel, func(payload string) {
		n, _ := strconv.ParseInt(payload, 10, 64) // 0: some may have been missed
		select {
		case changed <- ticket.ID(n):
		default: // too many at once: the next round of housekeeping reads all of them
			h.stale.Store(true)
		}
	})
	if err != nil {
		return fmt.Errorf("listen for tickets: %w", err)
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case which := <-changed:
				h.refresh(ctx, which)
			}
		}
	}()
	return nil
}

// refresh reads a ticket that another node changed, or all open ones.
func (h *House) refresh(ctx context.Context, which ticket.ID) {
	err := h.Tickets.LoadBoard
	if which != 0 {
		err = func(ctx context.Context) error { return h.Tickets.Refresh(ctx, which) }
	}
	if err := err(ctx); err != nil && ctx.Err() == nil {
		h.stale.Store(true)
		h.Log.WarnContext(ctx, "tickets of other nodes not read", "error", err)
	}
}

// housekeeping does what nobody asks for: policies that another node changed, mailboxes from
// which nothing comes, files that nobody bound to a message.
func (h *House) housekeeping(ctx context.Context) error {
	soon := time.NewTicker(15 * time.Second)
	defer soon.Stop()
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-soon.C:
			err = errors.Join(h.setClock(ctx), h.Clocks.Load(ctx), h.loadTimekeeping(ctx), h.Runbooks.Load(ctx), h.Intake.WatchMailboxes(ctx), h.Knowledge.Keep(ctx))
			if h.stale.Swap(false) {
				err = errors.Join(err, h.Tickets.LoadBoard(ctx))
			}
		case <-hourly.C:
			err = h.hourly(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.Log.WarnContext(ctx, "housekeeping failed and is tried again", "error", err)
		}
	}
}

// hourly is the part of housekeeping that may wait.
func (h *House) hourly(ctx context.Context) error {
	_, err := h.Tickets.Sweep(ctx)
	_, gone := h.Inbox.Sweep(ctx)
	return errors.Join(err, gone, h.ensure(ctx))
}

// serveHTTP serves until ctx ends, then lets the requests finish.
func (h *House) serveHTTP(ctx context.Context, l net.Listener, s *http.Server) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	if err := s.Shutdown(patience); err != nil {
		h.Log.WarnContext(ctx, "some requests did not finish in time", "error", err)
		_ = s.Close()
	}
	return nil
}

// server is the HTTP server for people and programs.
func (h *House) server() *http.Server {
	s := page.NewServer("", h.Pages)
	s.Handler = h.Handler()
	return s
}

// operators is the HTTP server for whoever runs the desk.
func (h *House) operators() *http.Server {
	return &http.Server{Handler: h.metrics(), ReadHeaderTimeout: operatorFor, ReadTimeout: operatorFor, WriteTimeout: 2 * operatorFor, IdleTimeout: time.Minute}
}

// certificate is what the doors prove themselves with, nil where the configuration names none.
// The files are read again when they change, so that a renewed certificate needs no restart.
func certificate(conf Config) (*tls.Config, error) {
	if conf.TLSCert == "" {
		return nil, nil //nolint:nilnil // no certificate is no error
	}
	c := &renewed{conf: conf}
	if _, err := c.get(nil); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "app.certificate", "Why", err.Error())
	}
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}, nil
}

// renewed is a certificate that follows its file.
type renewed struct {
	conf Config
	mu   sync.Mutex
	made time.Time
	pair *tls.Certificate
}

// get returns the certificate; the last good one while the files do not fit together.
func (c *renewed) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.conf.TLSCert)
	if err == nil && c.pair != nil && info.ModTime().Equal(c.made) {
		return c.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(c.conf.TLSCert, c.conf.TLSKey)
	if err != nil && c.pair == nil {
		return nil, err
	}
	if err == nil {
		c.pair, c.made = &pair, info.ModTime()
	}
	return c.pair, nil
}
