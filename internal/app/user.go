// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// userAdd makes a person, with the password that was typed or with a link to choose one.
func (c console) userAdd(ctx context.Context, conf Config, arg userAdd) error {
	password := ""
	if arg.PasswordStdin {
		var err error
		if password, err = firstLine(c.In); err != nil {
			return err
		}
	}
	return c.visiting(ctx, conf, func(h *House) error {
		p := person.Person{Name: arg.Name, Email: arg.Email, Lang: arg.Lang, Role: access.Role(arg.Role)}
		if arg.PasswordStdin { // before there is anybody whom it could leave without one
			if err := session.CheckPassword(password, p); err != nil {
				return err
			}
		}
		p, err := h.People.Add(ctx, access.Desk(), p)
		if err != nil {
			return err
		}
		c.remark("app.user_added", "Name", p.Name, "Email", p.Email, "Role", string(p.Role))
		if arg.PasswordStdin {
			return h.Sessions.SetPassword(ctx, p.ID, password)
		}
		secret, err := h.Sessions.MakeOneTime(ctx, session.ForPassword, p.ID, session.InviteFor)
		if err != nil {
			return err
		}
		c.remark("app.password_link", "Hours", int(session.InviteFor.Hours()))
		c.print(h.Public + "/password/" + secret)
		return nil
	})
}

// tokenCreate makes an API token. The token alone goes to the standard output, so that a
// script can take it; it is shown this once.
func (c console) tokenCreate(ctx context.Context, conf Config, arg tokenCreate) error {
	return c.visiting(ctx, conf, func(h *House) error {
		p, err := h.People.ByEmail(ctx, arg.User)
		if errs.KindOf(err) == errs.NotFound {
			return errs.New(errs.NotFound, "app.no_user", "Email", arg.User)
		}
		if err != nil {
			return err
		}
		token, _, err := h.Sessions.MakeToken(ctx, access.Desk(), p.ID, arg.Name)
		if err != nil {
			return err
		}
		c.remark("app.token_made", "Name", p.Name)
		c.print(token)
		return nil
	})
}

// searchRebuild lets the search index be made anew by the desk that runs, or by the next one
// that does.
func (c console) searchRebuild(ctx context.Context, conf Config) error {
	return c.visiting(ctx, conf, func(h *House) error {
		if err := h.Search.Rebuild(ctx); err != nil {
			return err
		}
		c.say("app.search_rebuild")
		return nil
	})
}

// visiting opens the desk, lets fn work and closes it.
func (c console) visiting(ctx context.Context, conf Config, fn func(h *House) error) error {
	h, err := visit(ctx, conf, Options{Log: newLog(conf, c.Err)})
	if err != nil {
		return err
	}
	return errors.Join(fn(h), h.Close())
}

// remark tells a person something beside the output that a script takes.
func (c console) remark(message string, args ...any) { c.complain(message, args...) }

// firstLine reads a password: one line without its end.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// migrate brings the tables up to date and says from where to where.
func (c console) migrate(ctx context.Context, conf Config) error {
	s, err := openStores(ctx, conf, Options{Log: newLog(conf, c.Err)})
	if err != nil {
		return err
	}
	have, known, err := s.versions(ctx)
	if err == nil {
		err = s.DB.Migrate(ctx)
	}
	switch {
	case err != nil:
	case have == known:
		c.say("app.migrated_already", "Version", known)
	default:
		c.say("app.migrated", "From", have, "To", known)
	}
	return errors.Join(err, s.close())
}
