// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

func TestInvitationsAreReadAsTheirProgramsWriteThem(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := func(h, m int) time.Time { return time.Date(2026, 3, 2, h, m, 0, 0, time.UTC) }
	for name, x := range map[string]struct {
		ics  string
		want mail.Invitation
	}{
		"Outlook, the zone of Windows": {`
BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:China Standard Time
BEGIN:STANDARD
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="林, 晓岚":mailto:lin@corp.example
SUMMARY;LANGUAGE=zh-CN:扩容\, 第二次
 会议
DTSTART;TZID=China Standard Time:20260302T140000
DTEND;TZID=China Standard Time:20260302T150000
LOCATION:3 楼 会议室\; 东
BEGIN:VALARM
TRIGGER:-PT15M
SUMMARY:no
END:VALARM
END:VEVENT
END:VCALENDAR
`, mail.Invitation{Summary: "扩容, 第二次会议", Place: "3 楼 会议室; 东", Organizer: "林, 晓岚", Start: at(6, 0), End: at(7, 0)}},
		"UTC and a duration, repeated": {`
BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Stand-up
ORGANIZER:MAILTO:Lin@Corp.example
DTSTART:20260302T010000Z
DURATION:PT1H30M
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
`, mail.Invitation{Summary: "Stand-up", Organizer: "lin@corp.example", Start: at(1, 0), End: at(2, 30), Repeats: true}},
		"a zone that the file describes": {`
BEGIN:VCALENDAR
METHOD:CANCEL
BEGIN:VTIMEZONE
TZID:Our zone
BEGIN:STANDARD
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:x
DTSTART;TZID=Our zone:20260302T093000
END:VEVENT
END:VCALENDAR
`, mail.Invitation{Summary: "x", Start: at(4, 0), Cancelled: true}},
		"whole days": {`
BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:停机
DTSTART;VALUE=DATE:20260302
DTEND;VALUE=DATE:20260304
END:VEVENT
END:VCALENDAR
`, mail.Invitation{Summary: "停机", Start: time.Date(2026, 3, 2, 0, 0, 0, 0, shanghai), End: time.Date(2026, 3, 4, 0, 0, 0, 0, shanghai), Days: true}},
	} {
		got, ok := mail.ReadInvitation(crlf(x.ics), shanghai)
		if !ok {
			t.Errorf("%s: no event", name)
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, bad := range []string{"", "BEGIN:VCALENDAR\nEND:VCALENDAR", "BEGIN:VEVENT\nDTSTART:yesterday\nEND:VEVENT", "END:VEVENT\nEND:X\nDTSTART:20260302T010000Z", "\x00\x01:"} {
		if got, ok := mail.ReadInvitation([]byte(bad), shanghai); ok {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func FuzzInvitation(f *testing.F) {
	f.Add([]byte("BEGIN:VEVENT\nDTSTART;TZID=\"a:b\":20260302T010000\nDURATION:P1DT2H\nEND:VEVENT"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, ok := mail.ReadInvitation(b, time.UTC); ok && v.Start.IsZero() {
			t.Error("an event without a beginning")
		}
	})
}
