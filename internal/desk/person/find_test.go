// SPDX-License-Identifier: Apache-2.0

package person_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN18_ANumberIsDialledInManyWays(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"138 0000 1111":         "13800001111",
		"+86 138-0000-1111":     "13800001111",
		"008613800001111":       "13800001111",
		"013800001111":          "13800001111",
		"+86 21 5555 6000":      "02155556000",
		"021-55556000 转 6011":   "02155556000 6011 021555560006011",
		"（021）5555 6000-":       "02155556000",
		"分机 6001":               "6001",
		"ext. 6013":             "6013",
		"６０１１":                  "6011",
		"+1 (415) 555-0100 x22": "14155550100 1415555010022",
		"12":                    "",
		"":                      "",
		"打她手机":                  "",
	} {
		if got := strings.Join(person.Dials(written), " "); got != want {
			t.Errorf("%s: %q, want %q", written, got, want)
		}
	}
}

func names(list []person.Person) string {
	var out []string
	for _, p := range list {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func (r *room) crowd() {
	r.Helper()
	for _, p := range []person.Person{
		{Name: "王海燕", Email: "wang.haiyan@q.example", Phone: "分机 8009", Further: "138 0000 1111", Department: "财务部"},
		{Name: "王怀远", Email: "wang.huaiyuan@q.example", Phone: "021-5555 6000 转 8010", Department: "财务部"},
		{Name: "海岩", Email: "haiyan@q.example", Phone: "3 号仓 8020"},
		{Name: "收货一班", Email: "dock1@q.example", Phone: "8020"},
		{Name: "Émile Why", Email: "emile@q.example", Phone: "+86 21 5555 7000"},
		{Name: "单立", Email: "s@q.example"},
	} {
		p.Lang, p.Role = "zh-CN", access.Requester
		if _, err := r.Add(r.Context(), access.Desk(), p); err != nil {
			r.Fatal(err)
		}
	}
	gone := r.add("王海鸥", access.Requester)
	gone.Active = false
	if _, err := r.Change(r.Context(), actor(r.admin), gone, 0); err != nil {
		r.Fatal(err)
	}
}

func TestN18_SomebodyIsFoundWhileOneTypes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.crowd()
		for text, want := range map[string]string{
			"wanghaiyan": "王海燕", "WANG hai": "王海燕", "haiyan": "海岩 王海燕", "why": "Émile Why 王怀远 王海燕", "shanli": "单立", "emile": "Émile Why",
			"王海": "王海燕", "8009": "王海燕", "1111": "王海燕", "+86 138 0000 1111": "王海燕", "8010": "王怀远", "55556000": "王怀远", "8020": "收货一班 海岩",
			"财务": "王怀远 王海燕", "dock1@q.example": "收货一班", "nobody": "", "": "", "%": "", "王hai": "", "zzzz": "", "99": "",
		} {
			got, err := r.Find(t.Context(), actor(r.admin), text, false, 10)
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
			have, wants := strings.Fields(names(got)), strings.Fields(strings.ReplaceAll(want, "Émile Why", "Émile_Why"))
			have = strings.Fields(strings.ReplaceAll(strings.Join(have, " "), "Émile Why", "Émile_Why"))
			if d := cmp.Diff(sorted(wants), sorted(have)); d != "" {
				t.Errorf("%q: %s", text, d)
			}
		}
		if got, err := r.Find(t.Context(), actor(r.admin), "8020", false, 1); err != nil || len(got) != 1 {
			t.Error(got, err)
		}
		if got, err := r.Find(t.Context(), actor(r.admin), "why", true, 9); err != nil || len(got) != 0 {
			t.Errorf("of staff: %s, %v", names(got), err)
		}
		if list, err := r.List(t.Context(), actor(r.admin), person.Filter{Text: "wanghai"}); err != nil || !strings.Contains(names(list), "王海燕") {
			t.Errorf("a list: %s, %v", names(list), err)
		}
		nobody := access.Actor{ID: 1, Kind: access.Person, Role: access.Requester, Via: "portal"}
		_, e1 := r.Find(t.Context(), nobody, "why", false, 5)
		_, e2 := r.ByNumber(t.Context(), nobody, "8020")
		refused(t, "a requester looking people up", e1, errs.Denied)
		refused(t, "a requester looking a number up", e2, errs.Denied)
	})
}

func TestN18_ATelephoneMayBeShared(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.crowd()
		for number, want := range map[string]string{
			"8020": "收货一班 海岩", "8009": "王海燕", "13800001111": "王海燕", "+8613800001111": "王海燕", "55557000": "Émile Why", "02155557000": "Émile Why", "9802155557000": "Émile Why",
			"009": "", "1111": "", "": "", "王": "",
		} {
			got, err := r.ByNumber(t.Context(), actor(r.admin), number)
			if err != nil || cmp.Diff(sorted(strings.Fields(want)), sorted(strings.Fields(names(got)))) != "" {
				t.Errorf("%s: %s, %v; want %s", number, names(got), err, want)
			}
		}
	})
}

// Those who were there before the keys were get theirs in batches.
func TestN15_PeopleOfBeforeGetTheirKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.crowd()
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := db.Exec(ctx, tx, `DELETE FROM person_key`); err != nil {
				return err
			}
			_, err := db.Exec(ctx, tx, `UPDATE person SET key_rules = 0`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := r.Rekey(t.Context()); err != nil || n != 8 {
			t.Fatal(n, err)
		}
		if n, err := r.Rekey(t.Context()); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		if got, err := r.Find(t.Context(), actor(r.admin), "why", false, 10); err != nil || len(got) != 3 {
			t.Errorf("%s, %v", names(got), err)
		}
	})
}

func sorted(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return out
}
