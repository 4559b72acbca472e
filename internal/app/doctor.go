// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// errMend tells the shell that doctor found something to mend; it has said what.
var errMend = errors.New("something needs mending") //nolint:gochecknoglobals // a sentinel

// finding is one thing that doctor looked at.
type finding struct {
	state   string // good, note, mend
	message string
	args    []any
}

func good(message string, args ...any) finding { return finding{"good", message, args} }
func note(message string, args ...any) finding { return finding{"note", message, args} }
func mend(message string, args ...any) finding { return finding{"mend", message, args} }

// doctor looks at everything a desk needs and says, for each, how it is and what to do. It
// changes nothing and may be run while the desk works.
func (c console) doctor(ctx context.Context, conf Config) error {
	sick := false
	tell := func(list ...finding) {
		for _, f := range list {
			sick = sick || f.state == "mend"
			c.print("[" + c.word("doctor", f.state) + "] " + i18n.T(c.lang, f.message, f.args...))
		}
	}
	folder := lookAtFolder(conf)
	tell(folder...)
	if folder[0].state != "mend" && conf.exists() {
		tell(lookInside(ctx, conf)...)
	} else if folder[0].state != "mend" {
		tell(note("app.doctor_no_desk"))
	}
	tell(lookAtDoors(conf)...)
	if sick {
		return errMend
	}
	return nil
}

// lookAtFolder checks the rights of the data folder, its key, and the room on its disk.
func lookAtFolder(conf Config) []finding {
	dir := conf.file("")
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return []finding{note("app.doctor_folder_absent", "Dir", dir)}
	}
	if err != nil {
		return []finding{mend("app.doctor_folder_bad", "Dir", dir, "Why", err.Error())}
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return []finding{mend("app.doctor_folder_bad", "Dir", dir, "Why", err.Error())}
	}
	_ = errors.Join(probe.Close(), os.Remove(probe.Name()))
	out := []finding{good("app.doctor_folder", "Dir", dir)}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		out = append(out, mend("app.doctor_folder_open", "Dir", dir, "Mode", strconv.FormatInt(int64(info.Mode().Perm()), 8)))
	}
	for _, name := range []string{databaseFile, keyFile, configFile} {
		f, err := os.Stat(filepath.Join(dir, name))
		if err == nil && runtime.GOOS != "windows" && f.Mode().Perm()&0o077 != 0 {
			out = append(out, mend("app.doctor_file_open", "File", filepath.Join(dir, name)))
		}
	}
	if free, total, ok := diskSpace(dir); ok {
		mib := []any{"Free", free >> 20, "Total", total >> 20}
		switch {
		case free < 256<<20:
			out = append(out, mend("app.doctor_disk_full", mib...))
		case free < 2<<30:
			out = append(out, note("app.doctor_disk_low", mib...))
		default:
			out = append(out, good("app.doctor_disk", mib...))
		}
	}
	return out
}

// lookInside checks database, key, clock, jobs and the mail server of a desk that exists.
func lookInside(ctx context.Context, conf Config) []finding {
	if _, err := os.Stat(conf.file(keyFile)); err != nil {
		return []finding{mend("app.doctor_key_absent", "File", conf.file(keyFile))}
	}
	s, err := openStores(ctx, conf, Options{Guest: true})
	if err != nil {
		return []finding{mend("app.doctor_database_bad", "Why", err.Error())}
	}
	defer func() { _ = s.close() }()
	have, known, err := s.versions(ctx)
	if err != nil {
		return []finding{mend("app.doctor_database_bad", "Why", err.Error())}
	}
	out := []finding{good("app.doctor_database", "Engine", s.DB.Engine().String())}
	versions := []any{"Have", have, "Known", known}
	switch {
	case have > known:
		return append(out, mend("app.doctor_schema_newer", versions...))
	case have < known:
		return append(out, mend("app.doctor_schema_older", versions...))
	}
	out = append(out, good("app.doctor_schema", versions...))
	h, err := build(ctx, conf, s, Options{})
	if err != nil {
		return append(out, mend("app.doctor_database_bad", "Why", err.Error()))
	}
	return append(out, h.examine(ctx)...)
}

// examine looks at a desk from the inside.
func (h *House) examine(ctx context.Context) []finding {
	var out []finding
	now := h.Clock.Now()
	last, err := h.Tickets.List(ctx, access.Desk(), ticket.Filter{View: ticket.All, Limit: 1})
	switch {
	case err != nil:
		return []finding{mend("app.doctor_database_bad", "Why", err.Error())}
	case now.Year() < 2025, len(last.Tickets) > 0 && last.Tickets[0].UpdatedAt.After(now.Add(time.Minute)):
		out = append(out, mend("app.doctor_clock_behind", "Now", i18n.Stamp(now, time.UTC)))
	default:
		out = append(out, good("app.doctor_clock", "Now", i18n.Stamp(now, time.UTC)))
	}
	if has, err := h.People.HasAdmin(ctx); err == nil && !has {
		out = append(out, note("app.doctor_no_admin"))
	}
	if counts, err := h.Jobs.Counts(ctx); err == nil {
		dead := 0
		for _, k := range counts {
			dead += k.Dead
		}
		if dead > 0 {
			out = append(out, mend("app.doctor_jobs_dead", "Count", dead))
		} else {
			out = append(out, good("app.doctor_jobs"))
		}
	}
	return append(out, h.examineMail(ctx))
}

// examineMail tries to reach the mail server through which the desk writes, without a word.
func (h *House) examineMail(ctx context.Context) finding {
	m, _, err := h.Notices.Mailing(ctx, access.Desk())
	if err != nil || !m.Sends() {
		return note("app.doctor_no_mail")
	}
	addr := net.JoinHostPort(m.Host, strconv.FormatInt(m.Port, 10))
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return mend("app.doctor_mail_away", "Addr", addr, "Why", err.Error())
	}
	_ = conn.Close()
	return good("app.doctor_mail", "Addr", addr)
}

// lookAtDoors checks how people reach the desk.
func lookAtDoors(conf Config) []finding {
	public := conf.publicURL(conf.HTTP)
	host, _, err := net.SplitHostPort(conf.HTTP)
	ip := net.ParseIP(host)
	inside := err == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
	if !inside && !conf.secure() {
		return []finding{mend("app.doctor_plain", "URL", public)}
	}
	if errs.KindOf(conf.Check()) == errs.Invalid {
		return nil // said already
	}
	return []finding{good("app.doctor_url", "URL", public)}
}
