// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// bulletin is an announcement in the reader's words.
type bulletin struct {
	Kind  announcement.Kind
	Title string
	Text  string
	When  string
	Tone  string // "warn" where something does not work
}

// announced is what the reader sees of what the desk tells everybody.
func (f *Faces) announced(c *page.Ctx) ([]bulletin, error) {
	if f.announcements == nil {
		return nil, nil
	}
	list, err := f.announcements.Standing(c.Context(), c.Actor)
	out := make([]bulletin, 0, len(list))
	for _, a := range list {
		title, text := a.Words(string(c.Lang))
		t := bulletin{Kind: a.Kind, Title: title, Text: text, When: c.Stretch(a.From, a.Until)}
		if a.Kind == announcement.Failure || a.Kind == announcement.Planned && a.Begun(c.Now) {
			t.Tone = "warn"
		}
		out = append(out, t)
	}
	return out, err
}

// pressing are those of what does not work now, or the others.
func pressing(list []bulletin, now bool) (out []bulletin) {
	for _, a := range list {
		if (a.Tone == "warn") == now {
			out = append(out, a)
		}
	}
	return out
}

// follows is what the reader hears of by mail; nothing for whoever is not signed in.
func (f *Faces) follows(c *page.Ctx) ([]announcement.Topic, error) {
	if f.announcements == nil || c.Person.ID == 0 {
		return nil, nil
	}
	return f.announcements.Follows(c.Context(), c.Actor)
}

// follow lets the reader hear of a topic by mail, or no more.
func (f *Faces) follow(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "topic", "on")
	if err != nil {
		return err
	}
	on := form.On("on")
	if err := f.announcements.Follow(c.Context(), c.Actor, announcement.Topic(form.Get("topic")), on); err != nil {
		return err
	}
	if on {
		c.Say("announcement.followed")
	} else {
		c.Say("announcement.unfollowed")
	}
	return c.Redirect("/incidents")
}

// followButton says what a press would do.
func followButton(f page.Frame, t announcement.Topic, list []announcement.Topic) (ui.Btn, []string) {
	if slices.Contains(list, t) {
		return ui.Btn{Label: f.T("announcement.unfollow"), Icon: "bell-off", Variant: "outline", Size: "sm"}, []string{"topic", string(t)}
	}
	word := "announcement.follow"
	if t == announcement.Everything {
		word = "announcement.follow_all"
	}
	return ui.Btn{Label: f.T(word), Icon: "bell", Variant: "outline", Size: "sm"}, []string{"topic", string(t), "on", "yes"}
}
