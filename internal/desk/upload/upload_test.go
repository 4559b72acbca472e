// SPDX-License-Identifier: Apache-2.0

package upload_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/upload"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

func TestN16_S18_S34_ABoxIsOfOnePersonAndShortLived(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		people := person.NewService(d, event.NewBus(job.New(d, at, nil)), at)
		boxes := upload.NewService(d, secret.New(bytes.Repeat([]byte{7}, secret.Size)), at, people)
		who := func(name string) access.Actor {
			p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.example", Lang: "en", Role: access.Requester})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}
		}
		anna, otto := who("anna"), who("otto")
		b, code, err := boxes.New(anna)
		if err != nil {
			t.Fatal(err)
		}
		_, other, _ := boxes.New(otto)
		if _, _, err := boxes.New(access.Actor{Kind: access.Link, ID: anna.ID, Ticket: 1}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("a link makes a box: %v", err)
		}
		_, by, err := boxes.Open(ctx, code)
		if err != nil || by.ID != anna.ID || by.Role != access.Requester {
			t.Fatalf("%+v %v", by, err)
		}
		parts, foreign := strings.Split(code, "-"), strings.Split(other, "-")
		for name, bad := range map[string]string{
			"empty": "", "cut": code[:len(code)-1], "more": code + "-x", "another person": strings.Join([]string{parts[0], foreign[1], parts[2], parts[3]}, "-"),
			"longer": strings.Join([]string{parts[0], parts[1], parts[2] + "z", parts[3]}, "-"), "another box": strings.Join([]string{foreign[0], parts[1], parts[2], parts[3]}, "-"),
		} {
			if _, _, err := boxes.Open(ctx, bad); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range upload.MaxFiles {
			if err := boxes.Room(ctx, b); err != nil {
				t.Fatalf("file %d: %v", i, err)
			}
			if err := boxes.Put(ctx, b, []string{id.Token()}); err != nil {
				t.Fatal(err)
			}
		}
		if err := boxes.Put(ctx, b, []string{id.Token()}); errs.KindOf(err) != errs.Limited || errs.KindOf(boxes.Room(ctx, b)) != errs.Limited {
			t.Errorf("a full box takes more: %v", err)
		}
		if list, err := boxes.Tokens(ctx, anna, code); err != nil || len(list) != upload.MaxFiles {
			t.Errorf("%d files, %v", len(list), err)
		}
		if _, err := boxes.Tokens(ctx, otto, code); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else reads the box: %v", err)
		}
		at.Advance(upload.Life)
		if _, _, err := boxes.Open(ctx, code); errs.KindOf(err) != errs.NotFound {
			t.Errorf("after its time: %v", err)
		}
	})
}
