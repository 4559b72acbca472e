// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// serve runs the desk until it is told to stop.
func (c console) serve(ctx context.Context, conf Config) error {
	doors, err := openDoors(ctx, conf)
	if err != nil {
		return err
	}
	defer doors.close()
	h, err := Open(ctx, conf, Options{Log: newLog(conf, c.Err), Public: conf.publicURL(doors.HTTP.Addr().String())})
	if err != nil {
		return err
	}
	for _, f := range lookAtFolder(conf) {
		if f.state == "mend" {
			c.complain(f.message, f.args...)
		}
	}
	if err := c.welcome(ctx, h); err != nil {
		return errors.Join(err, h.Close())
	}
	c.where(h, doors)
	err = h.Run(ctx, doors)
	if err == nil {
		c.say("app.stopped")
	}
	return errors.Join(err, h.Close())
}

// where says how the desk is reached.
func (c console) where(h *House, d Doors) {
	c.say("app.serving", "URL", h.Public)
	if d.SMTP != nil {
		c.say("app.serving_mail", "Addr", d.SMTP.Addr().String())
	}
	if d.LMTP != nil {
		c.say("app.serving_lmtp", "Addr", d.LMTP.Addr().String())
	}
	if d.TURN != nil {
		c.say("app.serving_relay", "Addr", h.Config.relayAddress(d.TURN.LocalAddr(), h.Public))
	}
	if d.Metrics != nil {
		c.say("app.serving_metrics", "URL", "http://"+d.Metrics.Addr().String()+"/metrics")
	}
}

// welcome prints the link to set a fresh desk up. It works once, for a day, and stops working
// as soon as there is an administrator; each start prints a new one and voids the last (S53).
func (c console) welcome(ctx context.Context, h *House) error {
	has, err := h.People.HasAdmin(ctx)
	if err != nil || has {
		return err
	}
	secret, err := h.Sessions.MakeOneTime(ctx, session.ForSetUp, 0, session.SetUpFor)
	if err != nil {
		return err
	}
	c.say("app.set_up", "Link", h.Public+"/setup/"+secret, "Hours", int(session.SetUpFor.Hours()))
	return nil
}

// openDoors listens on every address of the configuration, before anything else is opened, so
// that an address that is taken is said at once.
func openDoors(ctx context.Context, conf Config) (d Doors, err error) {
	open := func(key, addr string) net.Listener {
		if addr == "" || err != nil {
			return nil
		}
		l, e := listen(ctx, addr)
		if e != nil {
			err = errs.Wrap(e, errs.Unavailable, "app.address_taken", "Key", key, "Addr", addr)
			return nil
		}
		return l
	}
	d = Doors{HTTP: open("http", conf.HTTP), SMTP: open("smtp", conf.SMTP), LMTP: open("lmtp", conf.LMTP), Metrics: open("metrics", conf.Metrics)}
	if err == nil && conf.Turn != "" {
		if d.TURN, d.TURNTCP, err = listenRelay(ctx, conf.Turn); err != nil {
			err = errs.Wrap(err, errs.Unavailable, "app.address_taken", "Key", "turn", "Addr", conf.Turn)
		}
	}
	safe, e := certificate(conf)
	if err = errors.Join(err, e); err == nil && safe != nil {
		d.HTTP = tls.NewListener(d.HTTP, safe)
	}
	if err != nil {
		d.close()
		return Doors{}, err
	}
	return d, nil
}

// listen listens at an address, or at a socket that only this account and its group reach. A
// socket that a process which is gone left behind is replaced; one that answers is not.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	path, socket := strings.CutPrefix(addr, unixPrefix)
	if !socket {
		return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if c, err := new(net.Dialer).DialContext(ctx, "unix", path); err == nil {
			_ = c.Close()
		} else if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil { //nolint:gosec // the mail server is of the group
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// close shuts the doors. A door whose server has shut it is shut already.
func (d Doors) close() {
	for _, l := range []net.Listener{d.HTTP, d.SMTP, d.LMTP, d.Metrics, d.TURNTCP} {
		if l != nil {
			_ = l.Close()
		}
	}
	if d.TURN != nil {
		_ = d.TURN.Close()
	}
}

// newLog makes the log that the configuration asks for.
func newLog(conf Config, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(strings.ToUpper(conf.LogLevel))) // one of four words, checked before
	o := &slog.HandlerOptions{Level: level}
	if conf.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
