// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// What the program's end tells the shell.
const (
	exitDone   = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the command line or a key of the configuration is wrong
	exitMend   = 3 // doctor found something to mend

	// What mail servers understand from a program that they pipe mail into (sysexits.h).
	exitUnusable = 65 // EX_DATAERR: this mail will never do; it goes back to its sender
	exitLater    = 75 // EX_TEMPFAIL: it is kept and tried again
)

// grammar is the command line: the keys of the configuration and the commands. The sentences
// of the commands are the messages app.cmd_…, those of their flags app.flag_….
type grammar struct {
	Keys Config `embed:""`

	Serve   struct{}   `cmd:""`
	Demo    struct{}   `cmd:""`
	Migrate struct{}   `cmd:""`
	Doctor  struct{}   `cmd:""`
	Backup  backupArg  `cmd:""`
	Restore restoreArg `cmd:""`
	User    struct {
		Add userAdd `cmd:""`
	} `cmd:""`
	Mail struct {
		Deliver mailDeliver `cmd:""`
	} `cmd:""`
	Token struct {
		Create tokenCreate `cmd:""`
	} `cmd:""`
	Search struct {
		Rebuild struct{} `cmd:""`
	} `cmd:""`
	Show    struct{} `cmd:"" name:"config"`
	Version struct{} `cmd:""`
	Help    struct {
		Command []string `arg:"" optional:""`
	} `cmd:""`
}

type (
	backupArg struct {
		File string `arg:""`
	}
	restoreArg struct {
		File string `arg:""`
	}
	userAdd struct {
		Email         string `required:"" placeholder:"ADDRESS"`
		Name          string `required:"" placeholder:"NAME"`
		Role          string `placeholder:"requester|agent|lead|admin" enum:"requester,agent,lead,admin" default:"requester"`
		Lang          string `placeholder:"zh-CN|en" enum:"zh-CN,en" default:"zh-CN"`
		PasswordStdin bool
	}
	mailDeliver struct {
		Recipient string `placeholder:"ADDRESS"`
		Sender    string `placeholder:"ADDRESS"`
	}
	tokenCreate struct {
		User string `required:"" placeholder:"ADDRESS"`
		Name string `required:"" placeholder:"NAME"`
	}
)

// Terminal is where a command was given: what it may read, write and look up.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Env Env
}

// Main runs one command line without the program's name and returns the exit code.
// The end of ctx, by SIGTERM or Ctrl-C, ends the command in good order.
func Main(ctx context.Context, args []string, t Terminal) int {
	privately()
	PaceHeap(t.Env)
	c := console{Terminal: t, lang: langOf(t.Env)}
	if asksHelp(args) {
		c.help(commandOf(args))
		return exitDone
	}
	g, command, err := parse(args, t.Env)
	if err != nil {
		c.fail(err)
		c.complain("app.see_help")
		if delivers(args) { // a key that is wrong is mended; a mail that went back is not
			return exitLater
		}
		return exitUsage
	}
	err = c.run(ctx, command, g)
	if delivers(args) && err != nil {
		c.fail(err)
		if errors.Is(err, errUnusable) {
			return exitUnusable
		}
		return exitLater
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errMend):
		return exitMend
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitDone
	}
	c.fail(err)
	if errs.KindOf(err) == errs.Invalid {
		return exitUsage
	}
	return exitFailed
}

// run carries out a command that was understood.
func (c console) run(ctx context.Context, command string, g grammar) error {
	switch command {
	case "help", "help <command>":
		c.help(g.Help.Command)
		return nil
	case "version":
		c.version()
		return nil
	case "config":
		return c.config(g.Keys)
	case "serve":
		return c.serve(ctx, g.Keys)
	case "demo":
		return c.demo(ctx, g.Keys)
	case "migrate":
		return c.migrate(ctx, g.Keys)
	case "doctor":
		return c.doctor(ctx, g.Keys)
	case "backup <file>":
		return c.backup(ctx, g.Keys, g.Backup)
	case "restore <file>":
		return c.restore(ctx, g.Keys, g.Restore)
	case "user add":
		return c.userAdd(ctx, g.Keys, g.User.Add)
	case "mail deliver":
		return c.mailDeliver(ctx, g.Keys, g.Mail.Deliver)
	case "token create":
		return c.tokenCreate(ctx, g.Keys, g.Token.Create)
	case "search rebuild":
		return c.searchRebuild(ctx, g.Keys)
	}
	return errs.New(errs.Invalid, "app.no_command")
}

// parse understands a command line: first to learn which file to read, then with its values.
func parse(args []string, env Env) (grammar, string, error) {
	var first grammar
	if _, err := parseWith(args, sources{env: env}, &first); err != nil {
		return first, "", err
	}
	file, err := configuration(first.Keys)
	if err != nil {
		return first, "", err
	}
	var g grammar
	command, err := parseWith(args, sources{env: env, file: file}, &g)
	if err == nil {
		err = g.Keys.Check()
	}
	return g, command, err
}

func parseWith(args []string, s sources, g *grammar) (string, error) {
	k, err := newKong(g, kong.Resolvers(s))
	if err != nil {
		return "", err
	}
	if len(args) == 0 {
		return "", errs.New(errs.Invalid, "app.no_command")
	}
	got, err := k.Parse(args)
	if err != nil {
		return "", errs.Wrap(err, errs.Invalid, "app.bad_line", "Why", err.Error())
	}
	return got.Command(), nil
}

func newKong(g *grammar, options ...kong.Option) (*kong.Kong, error) {
	options = append([]kong.Option{kong.Name("loopdesk"), kong.NoDefaultHelp(), kong.Exit(func(int) {})}, options...)
	return kong.New(g, options...)
}

// asksHelp reports whether anybody who typed this wants to read first.
func asksHelp(args []string) bool {
	if len(args) == 0 {
		return true
	}
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "-h", "--help", "-help":
			return true
		}
	}
	return false
}

// commandOf returns the words of a command line that are not flags, for the help on them.
func commandOf(args []string) []string {
	var out []string
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			break
		}
		out = append(out, a)
	}
	return out
}

// langOf reads the language of the terminal as C programs do: LC_ALL, LC_MESSAGES, LANG, the
// first that says anything. English where none names a language of the house.
func langOf(env Env) i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v, _ := env(name)
		if v == "" {
			continue
		}
		base, _, _ := strings.Cut(v, "_")
		base, _, _ = strings.Cut(base, ".")
		if l, ok := i18n.Known(base); ok {
			return l
		}
		return i18n.EN
	}
	return i18n.EN
}
