// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

// The kinds of a Message. They differ in edge, ground and words, not in colour alone.
const (
	Words  = "words"  // of the requester: kept as they were written
	Public = "public" // to the requester
	Call   = "call"   // what was said on the phone
	Note   = "note"   // the requester does not see it
)

// Message is one card of the thread.
type Message struct {
	ID     string // of the element, such as "m-17"
	Kind   string
	Author Person
	Via    string // channel, or "林晓岚 → 王海燕" of a call
	When   When
	Title  string // in place of the author: "电话记录"; "" for none
	// Locked says that these are the requester's own words, not to be changed.
	Locked bool
	Body   templ.Component
	Files  []File
	// Aside stands at the right of the head: a promise, read or not, a read-back.
	Aside templ.Component
	// Foot stands below the files: recognised error codes, undo while it waits.
	Foot  templ.Component
	Fresh bool // has come in since the reader was here
	Heard int  // which one it is of the words of others that the requester reads or wrote; 0 for none of them
}

func (m Message) class() string {
	switch m.Kind {
	case Public:
		return "pub"
	case Call, Note:
		return m.Kind
	}
	return ""
}

// File is an attachment. With Token it was uploaded just now and belongs to the
// form around it. Thumb is the address of a small picture.
type File struct {
	Name  string
	Size  string // "214 KB"
	Href  string
	Thumb string
	Token string
}

// Fold is what the desk itself did between two messages, in one line.
type Fold struct {
	Count   string // "6 条系统记录"
	Summary string
	Entries []FoldEntry
	Open    bool
}

// FoldEntry is one fact of a Fold. ID lets others point at it.
type FoldEntry struct {
	ID   string
	When When
	Text string
}

// Composer is where one writes. Note makes it the internal one: another colour,
// another edge, another button; it never shares a box with the public one.
type Composer struct {
	Note        bool
	ID          string // "" is "reply" or "note"
	Action      string // POST
	Field       string // name of the text; "" is "text"
	Value       string // the draft
	Error       string
	Open        bool
	Focus       bool   // the answer leads into it
	Who         string // the receiver's name, for title and button
	Channel     string // "王海燕将在邮件和门户收到"
	Send        string // words of the button; "" is "发送给王海燕" or "保存备注"
	After       string // "发送后：下次反馈顺延到 11:30"
	Placeholder string
	Draft       string // address that keeps drafts; "" keeps none
	Saved       string // "草稿已保存 10:18"
	Upload      string // address that takes files; "" takes none
	Files       []File
	Hints       templ.Component  // wording hints, promises recognised
	Tools       templ.Component  // buttons beside the files
	Target      string           // css selector that an answer to htmx replaces; "" is a plain POST
	Hidden      []string         // pairs of name and value
	Attrs       templ.Attributes // of the form
	Key         string           // that opens it; "" is "r" or "n"
}

func (c Composer) id() string {
	switch {
	case c.ID != "":
		return c.ID
	case c.Note:
		return "note"
	}
	return "reply"
}

func (c Composer) field() string {
	if c.Field != "" {
		return c.Field
	}
	return "text"
}

func (c Composer) key() string {
	switch {
	case c.Key != "":
		return c.Key
	case c.Note:
		return "n"
	}
	return "r"
}

// attrs are those of the form: where it goes, what the scripts do with it.
func (c Composer) attrs() templ.Attributes {
	a := templ.Attributes{}
	if c.Draft != "" {
		a["data-draft"] = c.Draft
	}
	if c.Upload != "" {
		a["data-upload"] = c.Upload
		a["enctype"] = "multipart/form-data"
	}
	if c.Target != "" {
		a["hx-post"] = c.Action
		a["hx-target"] = c.Target
		a["hx-swap"] = "outerMorph"
		a["hx-disable"] = "find button[type=submit]"
	}
	return with(a, c.Attrs)
}

// kind is the word of the card's label.
func (m Message) kind() string {
	if m.Kind == "" {
		return Words
	}
	return m.Kind
}

// ProgressView is one line of what a requester sees of the work: the newest first.
type ProgressView struct {
	State string // Now, Done or Todo
	Icon  string // in place of the sign of the state
	Title string
	Text  string
	When  When
}
