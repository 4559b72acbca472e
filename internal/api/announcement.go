// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
)

func (a *API) announcementOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/announcements", id: "list-announcements", tag: "Announcements", action: access.SelfWork,
		summary: "List what the desk tells everybody",
		about:   "What stands now, the newest first.",
	}, a.listAnnouncements)
	register(a, operation{
		method: http.MethodPost, path: "/announcements", id: "publish-announcement", tag: "Announcements", action: access.AnnouncementWork,
		summary: "Tell everybody something",
		about:   "It stands on the portal until its end; who follows announcements hears of it by mail.",
		status:  http.StatusCreated,
	}, a.publishAnnouncement)
	register(a, operation{
		method: http.MethodPost, path: "/announcements/{id}/end", id: "end-announcement", tag: "Announcements", action: access.AnnouncementWork,
		summary: "End an announcement",
		status:  http.StatusNoContent,
	}, a.endAnnouncement)
}

type (
	announcementJSON struct {
		ID      int64     `json:"id,omitempty" minimum:"0" maximum:"9007199254740991" readOnly:"true"`
		Kind    string    `json:"kind" enum:"planned,failure,advice"`
		Title   string    `json:"title" minLength:"1" maxLength:"120"`
		Text    string    `json:"text" minLength:"1" maxLength:"4000"`
		TitleEN string    `json:"title_en,omitempty" maxLength:"120" doc:"In English; with text_en or not at all"`
		TextEN  string    `json:"text_en,omitempty" maxLength:"4000"`
		Service int64     `json:"service,omitempty" minimum:"0" maximum:"9007199254740991" doc:"Which service it is about"`
		Anybody bool      `json:"anybody,omitempty" doc:"Readers who are not signed in see it, too"`
		From    time.Time `json:"from,omitzero" doc:"When the matter begins; needed for planned work"`
		Until   time.Time `json:"until,omitzero" doc:"When it ends, and with it the announcement"`
		At      time.Time `json:"at,omitzero" readOnly:"true" doc:"When it was published"`
	}
	announcementsOut struct {
		Body struct {
			Items []announcementJSON `json:"items" nullable:"false"`
		} `nameHint:"Announcements"`
	}
	announcementIn  struct{ Body announcementJSON }
	announcementOut struct{ Body announcementJSON }
)

func announcementOf(x announcement.Announcement) announcementJSON {
	return announcementJSON{
		ID: int64(x.ID), Kind: string(x.Kind), Title: x.Title, Text: x.Text, TitleEN: x.TitleEN, TextEN: x.TextEN,
		Service: int64(x.Service), Anybody: x.Anonymous, From: x.From, Until: x.Until, At: x.At,
	}
}

func (a *API) listAnnouncements(ctx context.Context, r reader, _ *struct{}) (*announcementsOut, error) {
	list, err := a.Announcements.Standing(ctx, r.by)
	if err != nil {
		return nil, err
	}
	out := &announcementsOut{}
	out.Body.Items = make([]announcementJSON, 0, len(list))
	for _, x := range list {
		out.Body.Items = append(out.Body.Items, announcementOf(x))
	}
	return out, nil
}

func (a *API) publishAnnouncement(ctx context.Context, r reader, in *announcementIn) (*announcementOut, error) {
	b := in.Body
	x, err := a.Announcements.Save(ctx, r.by, announcement.Announcement{
		Kind: announcement.Kind(b.Kind), Title: b.Title, Text: b.Text, TitleEN: b.TitleEN, TextEN: b.TextEN,
		Service: catalog.ServiceID(b.Service), Anonymous: b.Anybody, From: b.From, Until: b.Until,
	}, 0, false)
	if err != nil {
		return nil, err
	}
	return &announcementOut{announcementOf(x)}, nil
}

func (a *API) endAnnouncement(ctx context.Context, r reader, in *struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
},
) (*struct{}, error) {
	return nil, a.Announcements.End(ctx, r.by, announcement.ID(in.ID))
}
