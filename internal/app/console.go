// SPDX-License-Identifier: Apache-2.0

package app

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// console speaks with whoever typed a command, in the language of the terminal.
type console struct {
	Terminal
	lang i18n.Lang
}

// say writes one message on a line.
func (c console) say(message string, args ...any) {
	_, _ = fmt.Fprintln(c.Out, i18n.T(c.lang, message, args...))
}

// word returns a word of the terminal's language: word("role", "lead").
func (c console) word(kind, name string) string {
	key := "app." + kind + "_" + name
	return i18n.T(c.lang, key)
}

// print writes a text that is the same in every language.
func (c console) print(text string) { _, _ = fmt.Fprintln(c.Out, text) }

// complain writes one message where errors go.
func (c console) complain(message string, args ...any) {
	_, _ = fmt.Fprintln(c.Err, i18n.T(c.lang, message, args...))
}

// fail says what went wrong and the way on. What is no error of the house is said as it is:
// who reads a terminal runs the desk.
func (c console) fail(err error) {
	e := errs.As(err)
	if e == nil {
		c.complain("app.failed", "Why", err.Error())
		return
	}
	if len(e.Fields) == 0 {
		c.complain(e.Key, e.Args...)
	}
	for _, f := range e.Fields {
		_, _ = fmt.Fprintf(c.Err, "%s: %s\n", f.Name, i18n.T(c.lang, f.Key, f.Args...))
	}
	if cause := errors.Unwrap(e); cause != nil && !says(e.Args, cause.Error()) {
		_, _ = fmt.Fprintf(c.Err, "  %s\n", cause)
	}
}

// says reports whether a message has told the cause already.
func says(args []any, cause string) bool {
	for _, a := range args {
		if s, ok := a.(string); ok && s == cause {
			return true
		}
	}
	return false
}

// version writes what was built: the version of the module or the commit, and the Go release.
func (c console) version() {
	v, goVersion := Version()
	c.print("loopdesk " + v + " (" + goVersion + ")")
}

// Version returns the version of this binary and of the Go release that built it. A build
// from a work tree says "dev" and, where it is known, the commit.
func Version() (version, goVersion string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev", ""
	}
	version = info.Main.Version
	if version == "" || version == "(devel)" {
		version = "dev"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				version += "-" + s.Value[:12]
			}
		}
	}
	return version, info.GoVersion
}

// config writes every key with its sentence, its variable, its default and the value in
// force. The output is a configuration file; only passwords are left out of it.
func (c console) config(conf Config) error {
	c.comment(i18n.T(c.lang, "app.config_intro"))
	for _, k := range keys() {
		c.print("")
		c.comment(i18n.T(c.lang, k.Message))
		c.comment(i18n.T(c.lang, "app.config_line", "Env", k.Env, "Default", c.orNone(k.Default), "Hint", k.Hint))
		var b strings.Builder
		if err := toml.NewEncoder(&b).Encode(map[string]any{k.Name: conf.value(k)}); err != nil {
			return fmt.Errorf("write key %s: %w", k.Name, err)
		}
		line := strings.TrimSpace(b.String())
		if k.Name == "config" || (k.Secret && conf.value(k) != "") {
			line = "# " + line // what cannot stand in the file, or not in this form
		}
		c.print(line)
	}
	return nil
}

func (c console) orNone(s string) string {
	if s == "" {
		return i18n.T(c.lang, "app.none")
	}
	return s
}

// comment writes a text as comment lines of a configuration file.
func (c console) comment(text string) {
	for _, line := range wrap(text, 96) {
		c.print("# " + line)
	}
}
