// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-runewidth"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// help writes what there is to know about a command, or about all of them.
func (c console) help(words []string) {
	k, err := newKong(&grammar{})
	if err != nil {
		c.fail(err)
		return
	}
	node := find(k.Model.Node, words)
	if node == k.Model.Node {
		c.overview(node)
		return
	}
	c.say("app.usage", "Line", "loopdesk "+line(node))
	c.print("")
	c.paragraph(i18n.T(c.lang, commandKey(node)), 0)
	if len(node.Children) > 0 {
		c.print("")
		c.commands(node)
	}
	if len(node.Positional)+len(node.Flags) > 0 {
		c.print("")
	}
	for _, p := range node.Positional {
		c.entry(strings.ToUpper(p.Name), i18n.T(c.lang, flagKey(node, p.Name)))
	}
	for _, f := range node.Flags {
		c.entry(flagText(f), i18n.T(c.lang, flagKey(node, f.Name)))
	}
	c.print("")
	c.say("app.help_keys")
}

// overview is the help without a command: the commands, then every key, then the exit codes.
func (c console) overview(root *kong.Node) {
	c.say("app.about")
	c.print("")
	c.say("app.usage", "Line", "loopdesk "+i18n.T(c.lang, "app.usage_line"))
	c.print("")
	c.say("app.help_commands")
	c.commands(root)
	c.print("")
	c.say("app.help_config")
	for _, k := range keys() {
		c.entry("--"+k.Name+" "+k.Hint, i18n.T(c.lang, k.Message))
		c.entry("", i18n.T(c.lang, "app.config_line", "Env", k.Env, "Default", c.orNone(k.Default), "Hint", k.Hint))
	}
	c.print("")
	c.paragraph(i18n.T(c.lang, "app.help_exit"), 0)
}

// commands lists the commands below a node that can be run.
func (c console) commands(node *kong.Node) {
	for _, child := range node.Children {
		if len(child.Children) > 0 {
			c.commands(child)
			continue
		}
		c.entry(line(child), i18n.T(c.lang, commandKey(child)))
	}
}

// find follows the words down the commands, as far as they lead.
func find(node *kong.Node, words []string) *kong.Node {
	if len(words) == 0 {
		return node
	}
	for _, child := range node.Children {
		if child.Name == words[0] {
			return find(child, words[1:])
		}
	}
	return node
}

// command returns the words of a command: "user add".
func command(node *kong.Node) string {
	if node.Parent == nil {
		return ""
	}
	return strings.TrimSpace(command(node.Parent) + " " + node.Name)
}

// line writes a command as it is typed, with what it cannot do without.
func line(node *kong.Node) string {
	out := command(node)
	for _, f := range node.Flags {
		if f.Required {
			out += " " + flagText(f)
		}
	}
	for _, p := range node.Positional {
		if p.Required {
			out += " " + strings.ToUpper(p.Name)
		}
	}
	return out
}

func flagText(f *kong.Flag) string {
	if f.IsBool() {
		return "--" + f.Name
	}
	return "--" + f.Name + " " + f.PlaceHolder
}

// commandKey and flagKey name the sentences of a command and of a flag or argument of it.
func commandKey(node *kong.Node) string {
	return "app.cmd_" + strings.ReplaceAll(command(node), " ", "_")
}

func flagKey(node *kong.Node, name string) string {
	return "app.flag_" + strings.ReplaceAll(command(node)+" "+strings.ReplaceAll(name, "-", " "), " ", "_")
}

// helpColumn is where explanations begin, helpWidth where lines end, in columns of a terminal.
const (
	helpColumn = 34
	helpWidth  = 100
)

// entry writes a name and, beside or below it, what it is for.
func (c console) entry(name, text string) {
	lines := wrap(text, helpWidth-helpColumn)
	if runewidth.StringWidth(name) > helpColumn-4 {
		c.print("  " + name)
		name = ""
	}
	for i, l := range lines {
		if i > 0 {
			name = ""
		}
		_, _ = fmt.Fprintf(c.Out, "  %-*s%s\n", helpColumn-2, name, l)
	}
}

// paragraph writes a text within the width, indented.
func (c console) paragraph(text string, indent int) {
	for _, l := range wrap(text, helpWidth-indent) {
		c.print(strings.Repeat(" ", indent) + l)
	}
}

// wrap breaks a text into lines of at most width columns. A Chinese character takes two and
// may end a line; a Latin word is kept whole; what stands on lines of its own stays there.
func wrap(text string, width int) []string {
	var out []string
	for _, para := range strings.Split(text, "\n") {
		line := ""
		for _, word := range pieces(para) {
			if line != "" && runewidth.StringWidth(line+strings.TrimRight(word, " ")) > width {
				out = append(out, strings.TrimRight(line, " "))
				line = ""
			}
			line += word
		}
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

// pieces cuts a line where it may be broken: after a blank, and around a wide character,
// but not before one that closes.
func pieces(s string) []string {
	var out []string
	start, wide := 0, false
	for i, r := range s {
		w := runewidth.RuneWidth(r) > 1
		if i > start && (w || wide) && !strings.ContainsRune("，。；：、）”》", r) {
			out = append(out, s[start:i])
			start = i
		}
		if r == ' ' {
			out = append(out, s[start:i+1])
			start = i + 1
		}
		wide = w
	}
	return append(out, s[start:])
}
