// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Page is what a whole document needs to know.
type Page struct {
	Lang  i18n.Lang
	Theme string // "auto" (also ""), "light" or "dark"
	Title string // of this page, without the name of the house
	Brand string // the name of the house; "" is the message ui.brand
	Path  string // the address of this page, to come back to after a switch
	// Live is the address of the event stream that this page listens to, with
	// its topics; "" for a page that stands still.
	Live   string
	Mark   string    // when, among the hints, this page was read: what came since is told first
	Now    time.Time // the server's, so that clocks count right on a wrong device
	Toasts []Toast   // said once, after the page that did something
	Alarm  *Alarm    // said above every page of staff while it is so
}

// Alarm is a state of the house that everybody who works there must know of, with the press that
// ends it for whoever may.
type Alarm struct {
	Icon string
	Text string
	Post string // where the press goes; "" for a reader who may not
	Do   string // what it says
}

func (p Page) stream() string {
	if p.Mark == "" {
		return p.Live
	}
	return p.Live + "&since=" + p.Mark
}

func (p Page) brand() string {
	if p.Brand != "" {
		return p.Brand
	}
	return i18n.T(p.Lang, "ui.brand")
}

func (p Page) title() string {
	if p.Title == "" {
		return p.brand()
	}
	return p.Title + " · " + p.brand()
}

func (p Page) theme() string {
	switch p.Theme {
	case "light", "dark":
		return p.Theme
	}
	return "auto"
}

// htmxConfig keeps htmx within the content security policy: no style element of
// its own, nothing fetched from elsewhere. When a part is brought up to date in
// place, what the reader has opened stays open, and what is new stays marked.
const htmxConfig = `{"includeIndicatorCSS":false,"mode":"same-origin","history":true,"defaultSwap":"outerHTML","morphIgnore":["data-htmx-powered","data-fresh","open"],"extensions":"sse","sse":{"reconnectMaxDelay":15000}}`

// words are the sentences that the scripts say by themselves, as JSON. What they
// fill in stands as {Count} and so on.
func words(lang i18n.Lang) string {
	if said, ok := allWords()[lang]; ok {
		return said
	}
	return allWords()[i18n.ZH]
}

// allWords writes them once: a constant of the binary that is only expensive to write down.
var allWords = sync.OnceValue(func() map[i18n.Lang]string { //nolint:gochecknoglobals // no state, see above
	out := map[i18n.Lang]string{}
	for _, lang := range i18n.Langs() {
		out[lang] = wordsIn(lang)
	}
	return out
})

func wordsIn(lang i18n.Lang) string {
	said := map[string]string{
		"under":         i18n.T(lang, "time.under_a_minute"),
		"minutes":       i18n.T(lang, "time.minutes", "Count", "{Count}"),
		"seconds":       i18n.T(lang, "ui.seconds", "Count", "{Count}"),
		"hours":         i18n.T(lang, "time.hours", "Count", "{Count}"),
		"hm":            i18n.T(lang, "time.hours_minutes", "Hours", "{Hours}", "Minutes", "{Minutes}"),
		"days":          i18n.T(lang, "time.days", "Count", "{Count}"),
		"dh":            i18n.T(lang, "time.days_hours", "Days", "{Days}", "Hours", "{Hours}"),
		"overdue":       i18n.T(lang, "time.overdue", "Duration", "{Duration}"),
		"saved":         i18n.T(lang, "ui.draft_saved", "Clock", "{Clock}"),
		"one_at_a_time": i18n.T(lang, "ui.one_at_a_time", "Key", "{Key}", "Count", "{Count}"),
		"unsaved":       i18n.T(lang, "ui.draft_failed"),
		"failed":        i18n.T(lang, "ui.request_failed"),
		"fill_in":       i18n.T(lang, "ui.fill_in"),
		"choose_one":    i18n.T(lang, "ui.choose_one"),
		"offline":       i18n.T(lang, "ui.offline"),
		"uploading":     i18n.T(lang, "ui.uploading", "Name", "{Name}", "Percent", "{Percent}"),
		"upload_bad":    i18n.T(lang, "ui.upload_failed", "Name", "{Name}"),
		"upload_left":   i18n.T(lang, "ui.upload_left", "Name", "{Name}"),
		"again":         i18n.T(lang, "ui.upload_again"),
		"fresh":         i18n.T(lang, "ui.fresh_messages"),
		"dismiss":       i18n.T(lang, "ui.dismiss"),
		"close":         i18n.T(lang, "ui.close"),
		"previous":      i18n.T(lang, "ui.previous"),
		"next":          i18n.T(lang, "ui.next"),
		"original":      i18n.T(lang, "ui.original"),
		"enlarge":       i18n.T(lang, "ui.enlarge"),
		"shrink":        i18n.T(lang, "ui.shrink"),
	}
	b, err := json.Marshal(said)
	if err != nil {
		return "{}" // a map of strings is always written
	}
	return string(b)
}

func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// NavItem is a place in a navigation. Icon-only navigation keeps those with Rail.
type NavItem struct {
	Link
	Count string
	Tone  string // of the count: "", Warn or Danger
	Rail  bool
	Dot   bool // something there is new
	Key   string
}

// NavGroup is a few places under a heading; the first group has none.
type NavGroup struct {
	Title string
	Items []NavItem
	More  *Link // beside the heading, such as adding one
}

// Nav is the side of the workspace and of the administration.
type Nav struct {
	Label  string // of the landmark; "" is the message ui.nav
	Home   string
	Search string // where the search is; "" for none
	// Palette is where the box of commands comes from that a script opens in place of the search.
	Palette string
	Groups  []NavGroup
	Live    string // where the lists are read again when a count has changed; "" for never
	Me      Me
}

// Me is the reader, with what concerns only them.
type Me struct {
	Person
	Links   []Link // own page, administration, …
	SignOut string // POST
}

// The switches: each takes a POST of its own name and of "next".
const (
	langSwitch  = "/lang"
	themeSwitch = "/theme"
)

// Workspace is the frame of the agents. Rail shows the navigation as icons only.
type Workspace struct {
	Page
	Nav  Nav
	Rail bool
	// Keys is what "?" needs: a KeyButton, with its KeyMap or the address of one; nil for none.
	Keys templ.Component
}

// KeyGroup is a part of the keyboard map.
type KeyGroup struct {
	Title string
	Keys  []KeyWord
}

// KeyWord is a key and what it does.
type KeyWord struct{ Key, Label string }

// Tab is a place in the portal, and one of the tabs at the bottom of a phone.
type Tab struct {
	Link
	Short string // on a phone; "" is the label
	Count int    // of what waits there
}

func (t Tab) short() string {
	if t.Short == "" {
		return t.Label
	}
	return t.Short
}

// Portal is the frame of the requesters. Back turns the bar of a phone into one
// that leads back, with its title.
type Portal struct {
	Page
	Home    string
	Tabs    []Tab
	Hotline string // as it is read: number and hours
	Tel     string // as it is dialled
	Me      Me     // without a name: not signed in
	SignIn  string // shown to those who are not
	Back    *Link
}

// Admin is the frame of the administration.
type Admin struct {
	Page
	Nav  Nav
	Lead string // one sentence about this page
	Wide bool   // more than one column beside the navigation
	Bare bool   // the children bring a heading of their own
}

// SignIn is the frame of the few pages before one is known.
type SignIn struct {
	Page
	Lead string
}
